// Reads FROM: its relations, in the order in which a join can add them, and the conditions of its inner joins.
import type { Node } from 'libpg-query'
import { as, strings } from '../parse/tree.ts'
import { most, NOTHING, ONE } from './amount.ts'
import { anonymous, relationOf, renameColumns, renamed } from './bound-relation.ts'
import { conjunctsOf } from './canonical.ts'
import { typeOf } from './equality.ts'
import { combinations, type OptionalUnit, relationsOf, type Unit } from './joins.ts'
import { givenBy, type QueryContext, readerOf, rowsOfCall } from './query-context.ts'
import { readFacts } from './read-facts.ts'
import type { Amount, Level, Relation, RelationColumn } from './relation.ts'

export function readFrom(
  items: readonly Node[],
  context: QueryContext,
): { units: Unit[]; conjuncts: Node[] } {
  const units: Unit[] = []
  const conjuncts: Node[] = []
  for (const item of items) {
    const read = readItem(item, context)
    units.push(...read.units)
    conjuncts.push(...read.conjuncts)
  }
  return { units, conjuncts }
}

export function readItem(item: Node, context: QueryContext): { units: Unit[]; conjuncts: Node[] } {
  const join = as(item, 'JoinExpr')
  if (join === undefined) {
    const relation = readRelation(item, context)
    context.level.relations.push(relation)
    context.nested = most(context.nested, relation.nested)
    return { units: [{ relation }], conjuncts: [] }
  }
  const left = readItem(join.larg as Node, context)
  const right = readItem(join.rarg as Node, context)
  const leftRelations = left.units.flatMap(relationsOf)
  const rightRelations = right.units.flatMap(relationsOf)
  const conditions = [...conjunctsOf(join.quals), ...usingConditions(join, leftRelations, rightRelations)]
  // An alias of the join hides the names inside it, so nothing is concluded through such a join.
  if (join.alias !== undefined)
    hideBehind(join.alias.aliasname ?? '', [...leftRelations, ...rightRelations], context)
  if (join.jointype === 'JOIN_LEFT') return optional(left, right, conditions, context)
  if (join.jointype === 'JOIN_RIGHT') {
    context.level.mergesOddly = true
    return optional(right, left, conditions, context)
  }
  if (join.jointype === 'JOIN_FULL') {
    context.level.mergesOddly = true
    for (const relation of [...leftRelations, ...rightRelations]) relation.nullable = true
    const [one, other] = [left, right].map(({ units, conjuncts }) =>
      combinations(units, readFacts(conjuncts, context.level, readerOf(context))),
    ) as [Amount, Amount]
    const rows = one.rows * other.rows + one.rows + other.rows
    const own = {
      rows: Number.isNaN(rows) ? Infinity : rows,
      reason: one.rows === Infinity ? one.reason : other.reason,
    }
    return { units: [{ relation: anonymous(own) }], conjuncts: [] }
  }
  return {
    units: [...left.units, ...right.units],
    conjuncts: [...left.conjuncts, ...right.conjuncts, ...conditions],
  }
}

/** `one LEFT JOIN other`: conditions in ON, and inner joins inside the right side, bound the right side only. */
function optional(
  one: { units: Unit[]; conjuncts: Node[] },
  other: { units: Unit[]; conjuncts: Node[] },
  conditions: readonly Node[],
  context: QueryContext,
): { units: Unit[]; conjuncts: Node[] } {
  const on = readFacts([...other.conjuncts, ...conditions], context.level, readerOf(context))
  for (const relation of other.units.flatMap(relationsOf)) relation.nullable = true
  const unit: OptionalUnit = { optional: other.units, after: new Set(one.units.flatMap(relationsOf)), on }
  return { units: [...one.units, unit], conjuncts: one.conjuncts }
}

function usingConditions(
  join: NonNullable<ReturnType<typeof as<'JoinExpr'>>>,
  left: readonly Relation[],
  right: readonly Relation[],
): Node[] {
  let names = strings(join.usingClause)
  if (join.isNatural === true) {
    if ([...left, ...right].some(({ columns }) => columns === undefined)) return []
    const leftNames = new Set(left.flatMap(({ columns }) => (columns ?? []).map(({ name }) => name)))
    names = right
      .flatMap(({ columns }) => (columns ?? []).map(({ name }) => name))
      .filter((name) => leftNames.has(name))
  }
  return names.flatMap((name) => {
    const sides = [left, right].map((relations) =>
      relations.filter(({ columns }) => columns?.some((column) => column.name === name)),
    )
    const [one, other] = sides.map((found) => (found.length === 1 ? found[0] : undefined))
    if (one === undefined || other === undefined || one.alias === other.alias) return []
    return [equalColumns(one.alias, other.alias, name)]
  })
}

function readRelation(item: Node, context: QueryContext): Relation {
  const { bounds, level, withs } = context
  const sample = as(item, 'RangeTableSample')
  if (sample?.relation !== undefined) return readRelation(sample.relation, context)
  const range = as(item, 'RangeVar')
  if (range !== undefined) {
    const name = range.relname ?? ''
    const alias = range.alias?.aliasname ?? name
    const withQuery = range.schemaname === undefined ? withs.get(name) : undefined
    if (withQuery !== undefined)
      return relationOf(renamed(withQuery, range.alias?.colnames), alias, `the query "${name}"`, new Set())
    const relation = bounds.tables.relation(range, (definition) =>
      bounds.statement(definition, undefined, new Map()),
    )
    const columns = renameColumns(relation.columns, range.alias?.colnames)
    // Renamed columns no longer match the names in the keys.
    return { ...relation, alias, columns, keys: range.alias?.colnames === undefined ? relation.keys : [] }
  }
  const sub = as(item, 'RangeSubselect')
  if (sub?.subquery !== undefined) {
    const alias = sub.alias?.aliasname ?? ''
    const outer = sub.lateral === true ? level : level.outer
    const bound = renamed(bounds.statement(sub.subquery, outer, withs), sub.alias?.colnames)
    context.volatile ||= bound.volatile
    const after = new Set(bound.references.flatMap((at) => (at.level === level ? [at.relation] : [])))
    if (sub.lateral !== true) for (const at of bound.references) level.references.push(at)
    if (bound.unknownReferences) level.unknownReferences = true
    return relationOf(bound, alias, `the query "${alias}"`, after)
  }
  const call = as(item, 'RangeFunction')
  if (call !== undefined) return functionRelation(call, context)
  return anonymous({ rows: Infinity, reason: 'how many rows a table function returns is not known' })
}

function functionRelation(
  range: NonNullable<ReturnType<typeof as<'RangeFunction'>>>,
  context: QueryContext,
): Relation {
  const { level } = context
  const before = level.references.length
  const calls = (range.functions ?? []).map((list) => (as(list, 'List')?.items ?? [])[0])
  let own: Amount = NOTHING
  const after = new Set<Relation>()
  for (const node of calls) {
    const call = as(node, 'FuncCall')
    own = most(own, call === undefined ? ONE : rowsOfCall(call, context.bounds))
    const given = node === undefined ? undefined : givenBy(node, context, true)
    for (const relation of given ?? level.relations) after.add(relation)
  }
  level.references.length = Math.max(level.references.length, before)
  const only = calls.length === 1 ? as(calls[0], 'FuncCall') : undefined
  const name = strings(only?.funcname).at(-1) ?? ''
  const alias = range.alias?.aliasname ?? name
  const names = strings(range.alias?.colnames)
  const isSingle =
    SINGLE_COLUMN_SETS.has(name) &&
    (only?.args ?? []).length > 0 &&
    (name !== 'unnest' || only?.args?.length === 1)
  let columns: RelationColumn[] | undefined
  if (isSingle && range.coldeflist === undefined) {
    const type = name === 'unnest' ? typeOf(only?.args?.[0], level)?.replace(/^_/, '') : undefined
    const isAdapting = type === 'unknown'
    columns = [
      { name: names[0] ?? alias, notNull: false, ...(type === undefined || isAdapting ? {} : { type }) },
    ]
    if (range.ordinality === true)
      columns.push({ name: names[1] ?? 'ordinality', type: 'int8', notNull: true })
  }
  return {
    ...anonymous(own),
    alias,
    title: `${name}()`,
    ...(columns === undefined ? {} : { columns }),
    after,
  }
}

/** After `JOIN (…) AS x` only x can be named. */
function hideBehind(alias: string, relations: readonly Relation[], { level }: { level: Level }): void {
  level.relations = level.relations.filter((relation) => !relations.includes(relation))
  level.relations.push({ ...anonymous({ rows: Infinity, reason: '' }), alias })
}

function equalColumns(one: string, other: string, name: string): Node {
  const column = (table: string): Node => ({
    ColumnRef: { fields: [{ String: { sval: table } }, { String: { sval: name } }] },
  })
  const equals: Node[] = [{ String: { sval: '=' } }]
  return { A_Expr: { kind: 'AEXPR_OP', name: equals, lexpr: column(one), rexpr: column(other) } }
}

/** Functions whose result is one column, which is named by the alias. */
const SINGLE_COLUMN_SETS = new Set(['unnest', 'generate_series', 'regexp_split_to_table', 'string_to_table'])
