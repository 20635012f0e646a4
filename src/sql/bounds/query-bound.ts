// The bound of one query level, from the inside out: what FROM combines, what grouping, DISTINCT, set operations and LIMIT
// leave of it, and how long an array that an aggregate builds from it can be.

import type { FuncCall, Node, SelectStmt, SubLink, WithClause } from 'libpg-query'
import { COLLECTING_AGGREGATES } from '../known-functions.ts'
import { as, constantValue, eachChild, returningOf, strings } from '../tree.ts'
import { conjunctsOf } from './canonical.ts'
import { typeOf } from './equality.ts'
import { alternativesOf, type Fact, type Facts, joinFacts, readFacts } from './facts.ts'
import { type FunctionFacts, functionFacts } from './functions.ts'
import { combinations, type OptionalUnit, relationsOf, type Unit } from './joins.ts'
import {
  type Amount,
  createLevel,
  type Key,
  type Level,
  type Relation,
  type RelationColumn,
  resolveColumn,
} from './relation.ts'
import type { TableReader } from './tables.ts'
import { limitOf, rowsOfSet, truthOf, type ValueReader } from './values.ts'

export interface QueryBound {
  own: Amount
  nested: Amount
  columns: readonly RelationColumn[] | undefined
  keys: readonly Key[]
  /** Relations of levels outside that it refers to. */
  references: readonly { level: Level; relation: Relation }[]
  unknownReferences: boolean
  /** A function in it may give another result each time. */
  volatile: boolean
}

type WithNames = ReadonlyMap<string, QueryBound>

export interface QueryBounds {
  select(select: SelectStmt, outer: Level | undefined, withs: WithNames): QueryBound
  statement(node: Node, outer: Level | undefined, withs: WithNames): QueryBound
}

const NOTHING: Amount = { rows: 0, reason: '' }
const ONE: Amount = { rows: 1, reason: '' }
/** Evaluations of alternatives in one statement; beyond them an OR is taken for unbounded. */
const MOST_EVALUATIONS = 500
const MANY_RELATIONS = 60

export function createQueryBounds(tables: TableReader, params: readonly unknown[] | undefined): QueryBounds {
  const known = new Map<object, QueryBound>()
  const functions: FunctionFacts = functionFacts(tables.catalog)
  let evaluations = 0

  return { select, statement }

  function select(node: SelectStmt, outer: Level | undefined, withs: WithNames): QueryBound {
    const before = known.get(node)
    if (before !== undefined) return before
    const made = computeSelect(node, outer, withs)
    known.set(node, made)
    return made
  }

  function statement(node: Node, outer: Level | undefined, withs: WithNames): QueryBound {
    const query = as(node, 'SelectStmt')
    if (query !== undefined) return select(query, outer, withs)
    return dataModification(node, outer, withs)
  }

  function computeSelect(node: SelectStmt, outer: Level | undefined, around: WithNames): QueryBound {
    const level = createLevel(outer)
    const withs = withNames(node.withClause, outer, around)
    const context: Context = { level, withs, volatile: false, nested: NOTHING }
    if (node.op !== undefined && node.op !== 'SETOP_NONE') return setOperation(node, context)
    if (node.valuesLists !== undefined) return valuesLists(node, context)

    const { units, conjuncts } = readFrom(node.fromClause ?? [], context)
    const all = [...conjuncts, ...conjunctsOf(node.whereClause)]
    const reader = readerOf(context)
    const facts = readFacts(all, level, reader)
    const input = boundOfInput(units, facts, all, context)
    for (const part of [...(node.fromClause ?? []), node.whereClause, node.havingClause])
      if (part !== undefined) visit(part, context)

    const shape = readTargets(node, context, input)
    const isGrouped = node.groupClause !== undefined
    let amount = input
    if (isGrouped) amount = grouped(node, facts, context, input)
    else if (shape.aggregates || node.havingClause !== undefined) amount = { rows: 1, reason: 'an aggregate' }
    for (const set of shape.sets) amount = times(amount, set)
    const plain =
      !isGrouped && !shape.aggregates && node.havingClause === undefined && shape.sets.length === 0
    if (node.distinctClause !== undefined && plain) amount = least(amount, distinct(node, facts, context))

    const columns = outputColumns(node.targetList ?? [], context)
    const uniqueKeys = plain ? uniqueColumns(units, facts) : []
    const limit = limited(amount, node, uniqueKeys, context)
    return {
      own: limit,
      nested: context.nested,
      columns,
      keys: outputKeys(node, columns, uniqueKeys, { isGrouped, plain, sets: shape.sets.length > 0 }, context),
      references: level.references,
      unknownReferences: level.unknownReferences,
      volatile: context.volatile,
    }
  }

  interface Context {
    level: Level
    withs: WithNames
    volatile: boolean
    nested: Amount
  }

  // Names of WITH

  function withNames(clause: WithClause | undefined, outer: Level | undefined, around: WithNames): WithNames {
    if (clause?.ctes === undefined) return around
    const names = new Map(around)
    for (const node of clause.ctes) {
      const cte = as(node, 'CommonTableExpr')
      if (cte?.ctequery === undefined) continue
      const name = cte.ctename ?? ''
      if (clause.recursive === true) {
        names.set(name, unbounded(`the recursive query ${name} may go on without end`))
        // Its own rows are not bounded, but its columns and what it nests are worth knowing.
        const bound = statement(cte.ctequery, outer, names)
        const isRecursive = refersTo(cte.ctequery, name)
        const reason = `the recursive query ${name} may go on without end`
        names.set(
          name,
          isRecursive
            ? { ...renamed(bound, cte.aliascolnames), own: { rows: Infinity, reason }, keys: [] }
            : renamed(bound, cte.aliascolnames),
        )
      } else names.set(name, renamed(statement(cte.ctequery, outer, names), cte.aliascolnames))
    }
    return names
  }

  // FROM

  function readFrom(items: readonly Node[], context: Context): { units: Unit[]; conjuncts: Node[] } {
    const units: Unit[] = []
    const conjuncts: Node[] = []
    for (const item of items) {
      const read = readItem(item, context)
      units.push(...read.units)
      conjuncts.push(...read.conjuncts)
    }
    return { units, conjuncts }
  }

  function readItem(item: Node, context: Context): { units: Unit[]; conjuncts: Node[] } {
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
    // An alias over the join hides the names below it; nothing is concluded through it.
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

  /** `one LEFT JOIN other`: what ON says, and what inner joins on the other side say, bounds the other side only. */
  function optional(
    one: { units: Unit[]; conjuncts: Node[] },
    other: { units: Unit[]; conjuncts: Node[] },
    conditions: readonly Node[],
    context: Context,
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

  function readRelation(item: Node, context: Context): Relation {
    const { level, withs } = context
    const sample = as(item, 'RangeTableSample')
    if (sample?.relation !== undefined) return readRelation(sample.relation, context)
    const range = as(item, 'RangeVar')
    if (range !== undefined) {
      const name = range.relname ?? ''
      const alias = range.alias?.aliasname ?? name
      const withQuery = range.schemaname === undefined ? withs.get(name) : undefined
      if (withQuery !== undefined)
        return relationOf(renamed(withQuery, range.alias?.colnames), alias, `the query "${name}"`, new Set())
      const relation = tables.relation(range, (definition) => statement(definition, undefined, new Map()))
      const columns = renameColumns(relation.columns, range.alias?.colnames)
      // Renamed columns would no longer match the names in the keys.
      return { ...relation, alias, columns, keys: range.alias?.colnames === undefined ? relation.keys : [] }
    }
    const sub = as(item, 'RangeSubselect')
    if (sub?.subquery !== undefined) {
      const alias = sub.alias?.aliasname ?? ''
      const outer = sub.lateral === true ? level : level.outer
      const bound = renamed(statement(sub.subquery, outer, withs), sub.alias?.colnames)
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
    context: Context,
  ): Relation {
    const { level } = context
    const before = level.references.length
    const calls = (range.functions ?? []).map((list) => (as(list, 'List')?.items ?? [])[0])
    let own: Amount = NOTHING
    const after = new Set<Relation>()
    for (const node of calls) {
      const call = as(node, 'FuncCall')
      own = most(own, call === undefined ? ONE : rowsOfCall(call))
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

  function rowsOfCall(call: FuncCall): Amount {
    const names = strings(call.funcname)
    const known = functions.of(names)
    if (known === 'scalar' || known === 'aggregate') return ONE
    if (known === 'set' && functions.isBuiltin(names)) return rowsOfSet(call, params)
    if (known === 'set')
      return { rows: Infinity, reason: `how many rows ${names.join('.')}() returns is not known` }
    return { rows: Infinity, reason: `whether ${names.join('.')}() returns a set is not known` }
  }

  // What is joined

  function boundOfInput(
    units: readonly Unit[],
    facts: Facts,
    conjuncts: readonly Node[],
    context: Context,
  ): Amount {
    if (units.length > MANY_RELATIONS) return { rows: Infinity, reason: 'too many relations to tell' }
    const amount = combinations(units, facts)
    if (conjuncts.some((conjunct) => truthOf(conjunct, params) === false))
      return { rows: 0, reason: 'its condition is false' }
    if (amount.rows !== Infinity) return amount
    // An OR is bounded when each of its alternatives is.
    for (const conjunct of conjuncts) {
      const arms = alternativesOf(conjunct)
      if (arms === undefined) continue
      const others = conjuncts.filter((other) => other !== conjunct)
      let sum: Amount | undefined = NOTHING
      for (const arm of arms) {
        if (++evaluations > MOST_EVALUATIONS) return amount
        if (arm.some((part) => truthOf(part, params) === false)) continue
        const armFacts = joinFacts(facts, readFacts(arm, context.level, readerOf(context)))
        const bound = boundOfInput(units, armFacts, [...others, ...arm], context)
        if (bound.rows === Infinity) {
          sum = undefined
          break
        }
        sum = { rows: sum.rows + bound.rows, reason: bound.reason }
      }
      if (sum !== undefined) return sum
    }
    return amount
  }

  function readerOf(context: Context): ValueReader {
    return {
      params,
      given: (value) => givenBy(value, context, false),
      query: (link: SubLink) => queryOf(link, context),
    }
  }

  /** The relations of this level a value hangs on; undefined when it is not one value for each of their rows. */
  function givenBy(value: Node, context: Context, allowVolatile: boolean): ReadonlySet<Relation> | undefined {
    const { level } = context
    const given = new Set<Relation>()
    let ok = true
    look(value)
    return ok ? given : undefined

    function look(node: Node): void {
      const reference = as(node, 'ColumnRef')
      if (reference !== undefined) {
        const found = resolveColumn(reference, level)
        if (found.kind === 'unknown') ok = false
        else if (found.kind !== 'outer') given.add(found.relation)
        return
      }
      if (as(node, 'CollateClause') !== undefined) ok = false
      const call = as(node, 'FuncCall')
      if (call !== undefined && !allowVolatile && functions.isVolatile(strings(call.funcname))) ok = false
      const link = as(node, 'SubLink')
      if (link !== undefined) {
        const bound = queryOf(link, context)
        if (bound === undefined || bound.unknownReferences || bound.volatile) ok = false
        for (const at of bound?.references ?? []) if (at.level === level) given.add(at.relation)
        if (link.testexpr !== undefined) look(link.testexpr)
        return
      }
      eachChild(node, look)
    }
  }

  function queryOf(link: SubLink, context: Context): QueryBound | undefined {
    const query = as(link.subselect, 'SelectStmt')
    return query === undefined ? undefined : select(query, context.level, context.withs)
  }

  // The select list

  interface Targets {
    aggregates: boolean
    sets: Amount[]
  }

  function readTargets(node: SelectStmt, context: Context, input: Amount): Targets {
    const targets: Targets = { aggregates: false, sets: [] }
    const outputs = new Set((node.targetList ?? []).map((target) => as(target, 'ResTarget')?.name))
    for (const target of node.targetList ?? []) look(target, true)
    if (node.havingClause !== undefined) look(node.havingClause, false)
    for (const term of [
      ...(node.sortClause ?? []),
      ...(node.distinctClause ?? []),
      ...(node.windowClause ?? []),
    ]) {
      const name = soleName(as(term, 'SortBy')?.node ?? term)
      // A name of the select list has been looked at there.
      if (name === undefined || !outputs.has(name)) look(term, true)
    }
    return targets

    function look(part: Node, counts: boolean): void {
      const reference = as(part, 'ColumnRef')
      if (reference !== undefined && !isBareStar(reference.fields)) {
        resolveColumn(reference, context.level)
        return
      }
      const link = as(part, 'SubLink')
      if (link !== undefined) {
        const bound = queryOf(link, context)
        if (link.testexpr !== undefined) look(link.testexpr, counts)
        if (bound === undefined) return
        context.volatile ||= bound.volatile
        if (link.subLinkType === 'ARRAY_SUBLINK') nests(most(bound.own, bound.nested))
        else if (link.subLinkType === 'EXPR_SUBLINK') nests(bound.nested)
        return
      }
      const query = as(part, 'JsonArrayQueryConstructor')?.query
      if (query !== undefined) {
        const bound = statement(query, context.level, context.withs)
        nests(most(bound.own, bound.nested))
        return
      }
      const isJson = as(part, 'JsonArrayAgg') !== undefined || as(part, 'JsonObjectAgg') !== undefined
      const call = as(part, 'FuncCall')
      if (isJson) {
        if (!isWindowed(part)) targets.aggregates = true
        nests(input)
      } else if (call !== undefined) readCall(call, counts)
      eachChild(part, (child) => {
        look(child, counts)
      })
    }

    function readCall(call: FuncCall, counts: boolean): void {
      const names = strings(call.funcname)
      const kind = functions.of(names)
      if (functions.isVolatile(names)) context.volatile = true
      const isMarked = call.agg_star === true || call.agg_distinct === true || call.agg_filter !== undefined
      const isAggregate = kind === 'aggregate' || isMarked || (call.agg_order !== undefined && kind !== 'set')
      if (
        isAggregate &&
        (COLLECTING_AGGREGATES.has(names.at(-1) ?? '') || !functions.isBuiltinAggregate(names))
      )
        nests(input)
      if (call.over !== undefined || !counts) {
        if (isAggregate && call.over === undefined && isOfThisLevel(call)) targets.aggregates = true
        return
      }
      if (isAggregate) {
        if (isOfThisLevel(call)) targets.aggregates = true
      } else if (kind !== 'scalar') targets.sets.push(rowsOfCall(call))
    }

    /** An aggregate over columns of an outer query only is an aggregate of that query. */
    function isOfThisLevel(call: FuncCall): boolean {
      if (context.level.outer === undefined) return true
      let local = false
      let outside = false
      const lookAt = (part: Node): void => {
        const reference = as(part, 'ColumnRef')
        if (reference !== undefined) {
          const found = resolveColumn(reference, context.level)
          if (found.kind === 'local' || found.kind === 'whole') local = true
          else outside = true
        } else eachChild(part, lookAt)
      }
      for (const arg of [...(call.args ?? []), ...(call.agg_filter === undefined ? [] : [call.agg_filter])])
        lookAt(arg)
      return local || !outside
    }

    function nests(amount: Amount): void {
      context.nested = most(context.nested, amount)
    }
  }

  /** Resolves every column below, so that references to outer levels are known, and notes what is volatile. */
  function visit(node: Node, context: Context): void {
    const reference = as(node, 'ColumnRef')
    if (reference !== undefined) {
      if (!isBareStar(reference.fields)) resolveColumn(reference, context.level)
      return
    }
    // Its own level has been looked at, or is now.
    if (as(node, 'RangeSubselect') !== undefined) return
    const link = as(node, 'SubLink')
    if (link !== undefined) {
      const bound = queryOf(link, context)
      if (bound?.volatile === true) context.volatile = true
      if (link.testexpr !== undefined) visit(link.testexpr, context)
      return
    }
    const call = as(node, 'FuncCall')
    if (call !== undefined && functions.isVolatile(strings(call.funcname))) context.volatile = true
    eachChild(node, (child) => {
      visit(child, context)
    })
  }

  // Grouping, DISTINCT, LIMIT

  function grouped(node: SelectStmt, facts: Facts, context: Context, input: Amount): Amount {
    const terms = node.groupClause ?? []
    const sets = terms.filter((term) => as(term, 'GroupingSet') !== undefined)
    if (sets.length === 0) {
      const groups = groupsOf(terms, node, facts, context)
      return least(input, groups)
    }
    if (terms.every((term) => as(term, 'GroupingSet')?.kind === 'GROUPING_SET_EMPTY')) return ONE
    if (terms.length === 1 && isEmptySets(terms[0] as Node)) {
      const { content = [] } = as(terms[0], 'GroupingSet') ?? {}
      return { rows: content.length, reason: 'GROUPING SETS (())' }
    }
    // Each set gives its own groups, and there are at most 2^n sets of n expressions.
    const count = 2 ** Math.min(30, countOfColumns(terms))
    return times({ rows: Math.max(1, input.rows), reason: input.reason }, { rows: count, reason: '' })
  }

  function groupsOf(terms: readonly Node[], node: SelectStmt, facts: Facts, context: Context): Amount {
    let rows = 1
    for (const term of terms) {
      const { value, name } = groupTerm(term, node, context)
      const values = value === undefined ? Infinity : valuesOf(value, facts, context)
      rows *= values
      if (values === Infinity) return { rows, reason: `nothing bounds how many different values ${name} has` }
    }
    return { rows, reason: 'the groups are fixed' }
  }

  /** A position or a name of the select list stands for what is there. */
  function groupTerm(
    term: Node,
    node: SelectStmt,
    context: Context,
  ): { value: Node | undefined; name: string } {
    const targets = (node.targetList ?? []).map((target) => as(target, 'ResTarget'))
    const constant = as(term, 'A_Const')
    if (constant !== undefined) {
      const position = constantValue(constant)
      const target = typeof position === 'number' ? targets[position - 1] : undefined
      const isStar = targets.slice(0, Number(position)).some((at) => isStarTarget(at?.val))
      return {
        value: isStar ? undefined : target?.val,
        name: target?.name ?? soleName(target?.val) ?? `column ${position}`,
      }
    }
    const name = soleName(term)
    const isColumn =
      name !== undefined &&
      context.level.relations.some(
        ({ columns }) => columns === undefined || columns.some((column) => column.name === name),
      )
    const target = name === undefined || isColumn ? undefined : targets.find((at) => at?.name === name)
    return { value: target?.val ?? term, name: name ?? 'an expression' }
  }

  /** How many different values, NULL among them, an expression can have over the rows of this level. */
  function valuesOf(value: Node, facts: Facts, context: Context): number {
    const reference = as(value, 'ColumnRef')
    if (reference === undefined) {
      const given = givenBy(value, context, false)
      if (given?.size === 0 && !hasSetCall(value)) return 1
      if (as(value, 'NullTest') !== undefined || as(value, 'BooleanTest') !== undefined) return 2
      return Infinity
    }
    const found = resolveColumn(reference, context.level)
    if (found.kind === 'outer') return 1
    if (found.kind !== 'local') return Infinity
    const { relation, column } = found
    const fixed = facts.all
      .filter((fact) => fact.relation === relation && fact.given.size === 0 && isOnly(fact, column.name))
      .reduce((fewest, fact) => Math.min(fewest, fact.values), Infinity)
    const ofType = (column.values ?? Infinity) + (column.notNull && relation.nullable !== true ? 0 : 1)
    return Math.min(fixed, ofType)
  }

  function isOnly(fact: Fact, name: string): boolean {
    return fact.parts.includes(`c:${name}`)
  }

  function hasSetCall(value: Node): boolean {
    const call = as(value, 'FuncCall')
    let has = call !== undefined && functions.of(strings(call.funcname)) !== 'scalar'
    eachChild(value, (child) => {
      has ||= hasSetCall(child)
    })
    return has
  }

  function distinct(node: SelectStmt, facts: Facts, context: Context): Amount {
    const terms = (node.distinctClause ?? []).filter((term) => Object.keys(term).length > 0)
    const values =
      terms.length > 0 ? terms : (node.targetList ?? []).map((target) => as(target, 'ResTarget')?.val)
    if (values.some((value) => value === undefined || isStarTarget(value)))
      return { rows: Infinity, reason: 'nothing bounds how many different rows there are' }
    return groupsOf(values as Node[], terms.length > 0 ? node : { ...node, targetList: [] }, facts, context)
  }

  function limited(
    amount: Amount,
    node: SelectStmt,
    uniqueKeys: readonly ColumnKey[],
    context: Context,
  ): Amount {
    const limit = limitOf(node.limitCount, params)
    if (limit === undefined) return amount
    if (limit.rows === Infinity) return amount.rows === Infinity ? limit : amount
    if (node.limitOption === 'LIMIT_OPTION_WITH_TIES' && !isUniqueOrder(node, uniqueKeys, context))
      return amount.rows === Infinity
        ? { rows: Infinity, reason: 'WITH TIES lets every row through that ties with the last' }
        : amount
    return least(limit, amount)
  }

  function isUniqueOrder(node: SelectStmt, uniqueKeys: readonly ColumnKey[], context: Context): boolean {
    const ordered = (node.sortClause ?? []).flatMap((term) => {
      const reference = as(as(term, 'SortBy')?.node, 'ColumnRef')
      const found = reference === undefined ? undefined : resolveColumn(reference, context.level)
      return found?.kind === 'local' ? [found] : []
    })
    return uniqueKeys.some(
      ({ relation, names, nullsNotDistinct }) =>
        names.length > 0 &&
        names.every((name) =>
          ordered.some(
            (at) =>
              at.relation === relation && at.column.name === name && (at.column.notNull || nullsNotDistinct),
          ),
        ),
    )
  }

  // What the level gives to the one around it

  interface ColumnKey {
    relation: Relation
    names: string[]
    nullsNotDistinct: boolean
  }

  /** Keys of a relation that fix all others of the level, and so every row. */
  function uniqueColumns(units: readonly Unit[], facts: Facts): ColumnKey[] {
    return units.flatMap((unit) => {
      if (!('relation' in unit) || unit.relation.after.size > 0 || unit.relation.keys.length === 0) return []
      const { relation } = unit
      const others = units.filter((other) => other !== unit)
      if (others.length > 0 && combinations(others, facts, new Set([relation])).rows > 1) return []
      const conditions = facts.conditions.get(relation)
      return relation.keys.flatMap((key) => {
        const isColumns = key.parts.every((part) => part.startsWith('c:'))
        if (!isColumns || !key.conditions.every((condition) => conditions?.has(condition))) return []
        const names = key.parts.map((part) => part.slice(2))
        return [{ relation, names, nullsNotDistinct: key.nullsNotDistinct }]
      })
    })
  }

  function outputKeys(
    node: SelectStmt,
    columns: readonly RelationColumn[] | undefined,
    uniqueKeys: readonly ColumnKey[],
    shape: { isGrouped: boolean; plain: boolean; sets: boolean },
    context: Context,
  ): Key[] {
    if (columns === undefined) return []
    const isUniqueName = (name: string) => columns.filter((column) => column.name === name).length === 1
    const keys: Key[] = []
    const add = (names: readonly (string | undefined)[], nullsNotDistinct: boolean) => {
      if (names.every((name) => name !== undefined && isUniqueName(name)))
        keys.push({ parts: names.map((name) => `c:${name}`), nullsNotDistinct, conditions: [] })
    }
    const outputOf = (relation: Relation, name: string) =>
      outputName(node.targetList ?? [], relation, name, context)
    if (shape.plain) for (const names of numberedColumns(node, context)) add(names, true)
    if (shape.plain)
      for (const key of uniqueKeys)
        add(
          key.names.map((name) => outputOf(key.relation, name)),
          key.nullsNotDistinct,
        )
    if (node.distinctClause?.every((term) => Object.keys(term).length === 0))
      add(
        columns.map(({ name }) => name),
        true,
      )
    const terms = node.groupClause ?? []
    if (shape.isGrouped && !shape.sets && terms.every((term) => as(term, 'GroupingSet') === undefined)) {
      const names = terms.map((term) => {
        const { value } = groupTerm(term, node, context)
        const reference = as(value, 'ColumnRef')
        const found = reference === undefined ? undefined : resolveColumn(reference, context.level)
        return found?.kind === 'local' ? outputOf(found.relation, found.column.name) : undefined
      })
      if (names.length > 0) add(names, true)
    }
    return keys
  }

  /** `row_number()` is unique, within what it is partitioned by. */
  function numberedColumns(node: SelectStmt, context: Context): (string | undefined)[][] {
    return (node.targetList ?? []).flatMap((item) => {
      const target = as(item, 'ResTarget')
      const call = as(target?.val, 'FuncCall')
      if (!isRowNumber(call) || call?.over?.name !== undefined || call?.over?.refname !== undefined) return []
      const partition = (call?.over?.partitionClause ?? []).map((term) => {
        const reference = as(term, 'ColumnRef')
        const found = reference === undefined ? undefined : resolveColumn(reference, context.level)
        return found?.kind === 'local'
          ? outputName(node.targetList ?? [], found.relation, found.column.name, context)
          : undefined
      })
      return [[...partition, target?.name ?? 'row_number']]
    })
  }

  /** The name under which a column of a relation is given out, as it is. */
  function outputName(
    targets: readonly Node[],
    relation: Relation,
    name: string,
    context: Context,
  ): string | undefined {
    for (const node of targets) {
      const target = as(node, 'ResTarget')
      const reference = as(target?.val, 'ColumnRef')
      if (reference === undefined) continue
      if (isStarTarget(target?.val)) {
        const qualifier = strings(reference.fields).at(-1)
        if (qualifier === undefined || qualifier === relation.alias) return name
        continue
      }
      const found = resolveColumn(reference, context.level)
      if (found.kind === 'local' && found.relation === relation && found.column.name === name)
        return target?.name ?? name
    }
    return undefined
  }

  function outputColumns(targets: readonly Node[], context: Context): RelationColumn[] | undefined {
    const { relations } = context.level
    const columns: RelationColumn[] = []
    for (const node of targets) {
      const target = as(node, 'ResTarget')
      const value = target?.val
      const reference = as(value, 'ColumnRef')
      if (reference !== undefined && isStarTarget(value)) {
        const qualifier = strings(reference.fields).at(-1)
        const stars =
          qualifier === undefined ? relations : relations.filter(({ alias }) => alias === qualifier)
        if (stars.length === 0 || stars.some((relation) => relation.columns === undefined)) return undefined
        for (const relation of stars)
          columns.push(...(relation.columns ?? []).map((column) => given(column, relation)))
        continue
      }
      const found = reference === undefined ? undefined : resolveColumn(reference, context.level)
      if (found?.kind === 'local') {
        columns.push({ ...given(found.column, found.relation), name: target?.name ?? found.column.name })
        continue
      }
      const type = value === undefined ? undefined : typeOf(value, context.level)
      const name = target?.name ?? nameOfExpression(value)
      const counts = isRowNumber(as(value, 'FuncCall'))
      columns.push({
        name,
        notNull: false,
        ...(type === undefined || type === 'unknown' ? {} : { type }),
        ...(counts ? { counts } : {}),
      })
    }
    return columns
  }

  function given(column: RelationColumn, relation: Relation): RelationColumn {
    return relation.nullable === true ? { ...column, notNull: false } : column
  }

  // Other statements

  function setOperation(node: SelectStmt, context: Context): QueryBound {
    const { level, withs } = context
    const left = select(node.larg as SelectStmt, level.outer, withs)
    const right = select(node.rarg as SelectStmt, level.outer, withs)
    let amount: Amount
    if (node.op === 'SETOP_INTERSECT') amount = least(left.own, right.own)
    else if (node.op === 'SETOP_EXCEPT') amount = left.own
    else {
      const worse = left.own.rows === Infinity ? left.own : right.own
      amount = { rows: left.own.rows + right.own.rows, reason: worse.reason }
    }
    const columns = left.columns?.map(({ name, type }, at) => {
      const same = right.columns?.[at]?.type === type && type !== undefined
      return { name, notNull: false, ...(same ? { type } : {}) }
    })
    const isDistinct = node.all !== true && columns !== undefined
    const names = columns?.map(({ name }) => name) ?? []
    const isKey = isDistinct && new Set(names).size === names.length
    return {
      own: limited(amount, node, [], context),
      nested: most(left.nested, right.nested),
      columns,
      keys: isKey
        ? [{ parts: names.map((name) => `c:${name}`), nullsNotDistinct: true, conditions: [] }]
        : [],
      references: [...left.references, ...right.references],
      unknownReferences: left.unknownReferences || right.unknownReferences,
      volatile: left.volatile || right.volatile,
    }
  }

  function valuesLists(node: SelectStmt, context: Context): QueryBound {
    const rows = node.valuesLists ?? []
    const inner: SelectStmt = { targetList: rows }
    readTargets(inner, context, ONE)
    const width = as(rows[0], 'List')?.items?.length ?? 0
    const columns = Array.from({ length: width }, (_, at) => ({ name: `column${at + 1}`, notNull: false }))
    return {
      own: limited({ rows: rows.length, reason: 'VALUES' }, node, [], context),
      nested: context.nested,
      columns,
      keys: [],
      references: context.level.references,
      unknownReferences: context.level.unknownReferences,
      volatile: context.volatile,
    }
  }

  function dataModification(node: Node, outer: Level | undefined, around: WithNames): QueryBound {
    const insert = as(node, 'InsertStmt')
    const update = as(node, 'UpdateStmt')
    const remove = as(node, 'DeleteStmt')
    const merge = as(node, 'MergeStmt')
    const one = insert ?? update ?? remove ?? merge
    if (one === undefined) return unbounded('it is no query')
    const level = createLevel(outer)
    const withs = withNames(one.withClause, outer, around)
    const context: Context = { level, withs, volatile: false, nested: NOTHING }
    const returning = returningOf(one)
    if (returning === undefined)
      return { ...unbounded(''), own: { rows: 0, reason: 'it returns no rows' }, volatile: true }
    const target: Node = { RangeVar: one.relation ?? {} }
    let input: Amount
    if (insert !== undefined) {
      const source = as(insert.selectStmt, 'SelectStmt')
      input = source === undefined ? ONE : select(source, outer, withs).own
      readItem(target, context)
    } else if (merge !== undefined) {
      input = { rows: Infinity, reason: 'MERGE returns every row it touches' }
      readItem(target, context)
    } else {
      const from = update?.fromClause ?? remove?.usingClause ?? []
      const { units, conjuncts } = readFrom([target, ...from], context)
      const all = [...conjuncts, ...conjunctsOf((update ?? remove)?.whereClause)]
      input = boundOfInput(units, readFacts(all, level, readerOf(context)), all, context)
    }
    const shape = readTargets({ targetList: returning }, context, input)
    for (const set of shape.sets) input = times(input, set)
    return {
      own: input,
      nested: context.nested,
      columns: outputColumns(returning, context),
      keys: [],
      references: level.references,
      unknownReferences: level.unknownReferences,
      volatile: true,
    }
  }
}

/** Functions whose result is one column, named by the alias. */
const SINGLE_COLUMN_SETS = new Set(['unnest', 'generate_series', 'regexp_split_to_table', 'string_to_table'])

function anonymous(own: Amount): Relation {
  return {
    alias: '',
    title: 'a table function',
    keys: [],
    own,
    nested: { rows: 0, reason: '' },
    after: new Set(),
    unknownReferences: false,
  }
}

function unbounded(reason: string): QueryBound {
  return {
    own: { rows: Infinity, reason },
    nested: { rows: 0, reason: '' },
    columns: undefined,
    keys: [],
    references: [],
    unknownReferences: false,
    volatile: false,
  }
}

function relationOf(bound: QueryBound, alias: string, title: string, after: ReadonlySet<Relation>): Relation {
  const { own, nested, columns, keys, unknownReferences } = bound
  return {
    alias,
    title,
    ...(columns === undefined ? {} : { columns }),
    keys,
    own,
    nested,
    after,
    unknownReferences,
  }
}

/** Gives columns new names by position; keys go with them. */
function renamed(bound: QueryBound, names: readonly Node[] | undefined): QueryBound {
  if (names === undefined || names.length === 0) return bound
  const texts = strings(names)
  const newName = (name: string) =>
    texts[bound.columns?.findIndex((column) => column.name === name) ?? -1] ?? name
  const columns = renameColumns(bound.columns, names)
  const isUnique = columns !== undefined && new Set(columns.map(({ name }) => name)).size === columns.length
  const keys = bound.keys.map((key) => ({
    ...key,
    parts: key.parts.map((part) => `c:${newName(part.slice(2))}`),
  }))
  return { ...bound, columns, keys: isUnique ? keys : [] }
}

function renameColumns(
  columns: readonly RelationColumn[] | undefined,
  names: readonly Node[] | undefined,
): readonly RelationColumn[] | undefined {
  const texts = strings(names)
  return columns?.map((column, at) => ({ ...column, name: texts[at] ?? column.name }))
}

/** `JOIN (…) AS x` leaves only x to be named. */
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

function refersTo(node: Node, name: string): boolean {
  const range = as(node, 'RangeVar')
  if (range !== undefined) return range.relname === name && range.schemaname === undefined
  let refers = false
  eachChild(node, (child) => {
    refers ||= refersTo(child, name)
  })
  const select = as(node, 'SelectStmt')
  for (const arm of [select?.larg, select?.rarg])
    if (arm !== undefined) refers ||= refersTo({ SelectStmt: arm }, name)
  return refers
}

function soleName(node: Node | undefined): string | undefined {
  const reference = as(node, 'ColumnRef')
  const names = strings(reference?.fields)
  return reference !== undefined && names.length === 1 && reference.fields?.length === 1
    ? names[0]
    : undefined
}

function isStarTarget(value: Node | undefined): boolean {
  return as(value, 'ColumnRef')?.fields?.some((field) => as(field, 'A_Star') !== undefined) === true
}

function isBareStar(fields: readonly Node[] | undefined): boolean {
  return fields?.length === 1 && as(fields[0], 'A_Star') !== undefined
}

function isRowNumber(call: FuncCall | undefined): boolean {
  const names = strings(call?.funcname)
  return (
    call?.over !== undefined &&
    names.at(-1) === 'row_number' &&
    (names.length === 1 || names[0] === 'pg_catalog')
  )
}

function isWindowed(part: Node): boolean {
  return /"over":/.test(JSON.stringify(part))
}

function isEmptySets(term: Node): boolean {
  const set = as(term, 'GroupingSet')
  return (
    set?.kind === 'GROUPING_SET_SETS' &&
    (set.content ?? []).every((inner) => as(inner, 'GroupingSet')?.kind === 'GROUPING_SET_EMPTY')
  )
}

function countOfColumns(terms: readonly Node[]): number {
  let count = 0
  for (const term of terms) {
    if (as(term, 'GroupingSet') === undefined) count++
    else eachChild(term, (child) => (count += countOfColumns([child])))
  }
  return count
}

function nameOfExpression(value: Node | undefined): string {
  const call = as(value, 'FuncCall')
  if (call !== undefined) return strings(call.funcname).at(-1) ?? ''
  const cast = as(value, 'TypeCast')
  if (cast !== undefined) return soleName(cast.arg) ?? strings(as(cast.arg, 'ColumnRef')?.fields).at(-1) ?? ''
  return '?column?'
}

function least(one: Amount, other: Amount): Amount {
  return other.rows < one.rows ? other : one
}

function most(one: Amount, other: Amount): Amount {
  return other.rows > one.rows ? other : one
}

function times(one: Amount, other: Amount): Amount {
  if (one.rows === 0 || other.rows === 0) return { rows: 0, reason: one.reason }
  if (other.rows === Infinity) return other
  return { rows: one.rows * other.rows, reason: one.reason }
}
