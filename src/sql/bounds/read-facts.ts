// Reads the facts about single columns from the conditions of a query level. A comparison makes a fact only when no NULL passes
// it, when equality keeps the values of its types apart, and when its value is the same for every row. All other conditions are
// ignored.

import type { A_Expr, Node, SubLink } from 'libpg-query'
import { as, strings, withoutCasts } from '../parse/tree.ts'
import { canonicalExpression, spellingsOf } from './canonical.ts'
import { isOneFamily, isSafeEquality, typeOf } from './equality.ts'
import {
  addColumn,
  addColumns,
  addCondition,
  createFacts,
  type Facts,
  type Side,
  withConsequences,
} from './facts.ts'
import { type Level, type Relation, type RelationColumn, resolveColumn } from './relation.ts'
import { countOfArray, numberOf, type ValueReader } from './values.ts'

export function readFacts(conjuncts: readonly Node[], level: Level, reader: ValueReader): Facts {
  const facts = createFacts()
  for (const conjunct of conjuncts) readConjunct(conjunct, level, reader, facts)
  return withConsequences(facts)
}

function readConjunct(node: Node, level: Level, reader: ValueReader, facts: Facts): void {
  noteCondition(node, level, reader, facts)
  const bool = as(node, 'BoolExpr')
  if (bool?.boolop === 'NOT_EXPR') {
    const inner = bool.args?.[0]
    const comparison = as(inner, 'A_Expr')
    if (comparison?.kind === 'AEXPR_OP' && operatorOf(comparison) === '<>')
      equality(comparison.lexpr, comparison.rexpr, level, reader, facts, false)
    else if (inner !== undefined) fixBoolean(inner, level, facts)
    return
  }
  const test = as(node, 'NullTest')
  if (test !== undefined) {
    const side = sideOf(test.arg, level)
    if (side === undefined) return
    if (test.nulltesttype === 'IS_NULL') addColumn(facts, side, new Set(), 1, true)
    else addCondition(facts, side.relation, `n:${side.column.name}`)
    return
  }
  const truth = as(node, 'BooleanTest')
  if (truth !== undefined) {
    if (truth.booltesttype === 'IS_TRUE' || truth.booltesttype === 'IS_FALSE')
      fixBoolean(truth.arg, level, facts)
    return
  }
  const link = as(node, 'SubLink')
  if (link !== undefined) {
    readLink(link, level, reader, facts)
    return
  }
  const comparison = as(node, 'A_Expr')
  if (comparison === undefined) {
    fixBoolean(node, level, facts)
    return
  }
  if (readRange(comparison, level, reader, facts) || operatorOf(comparison) !== '=') return
  if (comparison.kind === 'AEXPR_OP')
    equality(comparison.lexpr, comparison.rexpr, level, reader, facts, false)
  else if (comparison.kind === 'AEXPR_NOT_DISTINCT')
    equality(comparison.lexpr, comparison.rexpr, level, reader, facts, true)
  else if (comparison.kind === 'AEXPR_IN') readList(comparison, level, reader, facts)
  else if (comparison.kind === 'AEXPR_OP_ANY') readAny(comparison, level, reader, facts)
}

const RANGE_TYPES = new Set(['int2', 'int4', 'int8'])

/** For columns of whole numbers, `row_number() <= 3` leaves three values, and `id BETWEEN 1 AND 10` ten. */
function readRange(comparison: A_Expr, level: Level, reader: ValueReader, facts: Facts): boolean {
  const operator = strings(comparison.name).at(-1) ?? ''
  const isBetween = comparison.kind === 'AEXPR_BETWEEN'
  const isFlipped = operator === '>=' || operator === '>'
  if (!isBetween && !(comparison.kind === 'AEXPR_OP' && (isFlipped || operator === '<=' || operator === '<')))
    return false
  const side = sideOf(isFlipped ? comparison.rexpr : comparison.lexpr, level)
  if (side === undefined) return true
  const [from, to] = isBetween
    ? (as(comparison.rexpr, 'List')?.items ?? []).map((item) => numberOf(item, reader.params))
    : [undefined, numberOf(isFlipped ? comparison.lexpr : comparison.rexpr, reader.params)]
  const { counts, type = '' } = side.column
  const isWhole = counts === true || RANGE_TYPES.has(type)
  const start = counts === true ? Math.max(1, from ?? 1) : from
  if (!isWhole || start === undefined || to === undefined) return true
  const isExact = Math.abs(start) + Math.abs(to) < Number.MAX_SAFE_INTEGER
  if (isExact) addColumn(facts, side, new Set(), Math.max(0, Math.floor(to) - Math.ceil(start) + 1), false)
  return true
}

/** The operator if it is PostgreSQL's own: it has no schema, or the schema `pg_catalog`. */
function operatorOf(comparison: A_Expr): string | undefined {
  const names = strings(comparison.name)
  return names.length === 1 || names[0] === 'pg_catalog' ? names.at(-1) : undefined
}

function sideOf(node: Node | undefined, level: Level): Side | undefined {
  const reference = as(node, 'ColumnRef')
  if (reference === undefined) return undefined
  const found = resolveColumn(reference, level)
  return found.kind === 'local' ? found : undefined
}

function equality(
  left: Node | undefined,
  right: Node | undefined,
  level: Level,
  reader: ValueReader,
  facts: Facts,
  nulls: boolean,
): void {
  const leftRow = as(left, 'RowExpr')?.args
  const rightRow = as(right, 'RowExpr')?.args
  if (leftRow !== undefined || rightRow !== undefined) {
    if (leftRow === undefined || rightRow?.length !== leftRow.length || nulls) return
    leftRow.forEach((item, at) => {
      equality(item, rightRow[at], level, reader, facts, false)
    })
    return
  }
  const sides = [sideOf(left, level), sideOf(right, level)] as const
  const [one, other] = sides
  if (one !== undefined && other !== undefined) {
    const isDeterministic = one.column.deterministic !== false && other.column.deterministic !== false
    if (!isDeterministic || one.relation === other.relation) return
    if (isSafeEquality(one.column.type, other.column.type))
      addColumn(facts, one, new Set([other.relation]), 1, nulls)
    if (isSafeEquality(other.column.type, one.column.type))
      addColumn(facts, other, new Set([one.relation]), 1, nulls)
    if (!nulls && isOneFamily(one.column.type, other.column.type)) facts.equal.push([one, other])
    return
  }
  equalTo(left, one, right, level, reader, facts, nulls)
  equalTo(right, other, left, level, reader, facts, nulls)
}

/** Reads `target = value`, where the target is a column or the expression of an index. */
function equalTo(
  target: Node | undefined,
  side: Side | undefined,
  value: Node | undefined,
  level: Level,
  reader: ValueReader,
  facts: Facts,
  nulls: boolean,
): void {
  if (value === undefined || target === undefined) return
  if (side === undefined) {
    expressionEqualTo(target, value, level, reader, facts)
    return
  }
  if (
    side.column.deterministic === false ||
    !isSafeEquality(side.column.type, typeOfValue(value, level, reader))
  )
    return
  const given = reader.given(value, level)
  if (given === undefined || given.has(side.relation)) return
  addColumn(facts, side, given, 1, nulls)
}

function typeOfValue(value: Node, level: Level, reader: ValueReader): string | undefined {
  const link = as(value, 'SubLink')
  return link?.subLinkType === 'EXPR_SUBLINK'
    ? reader.query(link, level)?.columns?.[0]?.type
    : typeOf(value, level)
}

/** An expression counts only when an index of the relation is on the same expression. */
function expressionEqualTo(target: Node, value: Node, level: Level, reader: ValueReader, facts: Facts): void {
  for (const relation of level.relations) {
    if (!relation.keys.some(({ parts }) => parts.some((part) => part.startsWith('e:')))) continue
    const text = canonicalExpression(target, columnIn(relation, level), reader.params)
    if (text === undefined) continue
    const part = `e:${text}`
    if (!relation.keys.some(({ parts }) => parts.includes(part))) continue
    if (
      !isSafeEquality(typeOf(target, level), typeOfValue(value, level, reader)) &&
      as(value, 'ParamRef') === undefined
    )
      continue
    const given = reader.given(value, level)
    if (given === undefined || given.has(relation)) continue
    facts.all.push({ relation, parts: [part], given, values: 1, nulls: false })
  }
}

function columnIn(relation: Relation, level: Level) {
  return (node: Node): RelationColumn | undefined => {
    const side = sideOf(node, level)
    return side?.relation === relation ? side.column : undefined
  }
}

/** Reads a boolean column alone, after NOT, or before IS TRUE. */
function fixBoolean(node: Node | undefined, level: Level, facts: Facts): void {
  const side = sideOf(node, level)
  if (side?.column.type === 'bool') addColumn(facts, side, new Set(), 1, false)
}

function readList(comparison: A_Expr, level: Level, reader: ValueReader, facts: Facts): void {
  const items = as(comparison.rexpr, 'List')?.items ?? []
  const columns =
    as(comparison.lexpr, 'RowExpr')?.args ?? (comparison.lexpr === undefined ? [] : [comparison.lexpr])
  const isRow = as(comparison.lexpr, 'RowExpr') !== undefined
  const sides = columns.map((column) => sideOf(column, level))
  const relation = sides[0]?.relation
  if (relation === undefined || sides.some((side) => side?.relation !== relation)) return
  const given = new Set<Relation>()
  for (const item of items) {
    const values = isRow ? (as(item, 'RowExpr')?.args ?? []) : [item]
    if (values.length !== sides.length) return
    for (const [at, value] of values.entries()) {
      const column = (sides[at] as Side).column
      if (column.deterministic === false || !isSafeEquality(column.type, typeOfValue(value, level, reader)))
        return
      const needs = reader.given(value, level)
      if (needs === undefined || needs.has(relation)) return
      for (const need of needs) given.add(need)
    }
  }
  addColumns(facts, sides as Side[], given, items.length)
}

function readAny(comparison: A_Expr, level: Level, reader: ValueReader, facts: Facts): void {
  const side = sideOf(comparison.lexpr, level)
  const { rexpr } = comparison
  if (side === undefined || rexpr === undefined || side.column.deterministic === false) return
  const arrayType = as(rexpr, 'TypeCast') === undefined ? undefined : typeOf(rexpr, level)
  const elements = as(withoutCasts(rexpr), 'A_ArrayExpr')?.elements
  const isSafe =
    arrayType !== undefined
      ? arrayType.startsWith('_') && isSafeEquality(side.column.type, arrayType.slice(1))
      : elements !== undefined
        ? elements.every((element) => isSafeEquality(side.column.type, typeOfValue(element, level, reader)))
        : as(rexpr, 'ParamRef') !== undefined || as(rexpr, 'A_Const')?.sval !== undefined
  if (!isSafe) return
  const given = reader.given(rexpr, level)
  if (given === undefined || given.has(side.relation)) return
  const { rows, reason } = countOfArray(rexpr, reader.params)
  addColumn(facts, side, given, rows, false, Number.isFinite(rows) ? undefined : reason)
}

/** Reads `IN (SELECT …)` and `= ANY (SELECT …)`. */
function readLink(link: SubLink, level: Level, reader: ValueReader, facts: Facts): void {
  const names = strings(link.operName)
  if (link.subLinkType !== 'ANY_SUBLINK' || (names.length > 0 && names[0] !== '=')) return
  const columns = as(link.testexpr, 'RowExpr')?.args ?? (link.testexpr === undefined ? [] : [link.testexpr])
  const sides = columns.map((column) => sideOf(column, level))
  const query = reader.query(link, level)
  const given = reader.given({ SubLink: { ...link, testexpr: undefined } as unknown as SubLink }, level)
  const relation = sides[0]?.relation
  if (query === undefined || given === undefined || relation === undefined || given.has(relation)) return
  const isSafe = sides.every(
    (side, at) =>
      side?.relation === relation &&
      side.column.deterministic !== false &&
      isSafeEquality(side.column.type, query.columns?.[at]?.type),
  )
  if (isSafe && Number.isFinite(query.own.rows)) addColumns(facts, sides as Side[], given, query.own.rows)
}

/** Keeps the condition in its canonical spelling for relations with partial indexes. */
function noteCondition(node: Node, level: Level, reader: ValueReader, facts: Facts): void {
  for (const relation of level.relations) {
    if (!relation.keys.some(({ conditions }) => conditions.length > 0)) continue
    const text = canonicalExpression(node, columnIn(relation, level), reader.params)
    if (text !== undefined) for (const same of spellingsOf(text)) addCondition(facts, relation, same)
  }
}
