// Bounds one query level, from the inside out: the combinations that FROM makes, the rows that grouping, DISTINCT, set
// operations and LIMIT leave, and the length of arrays that aggregates build from them.

import type { Node, SelectStmt } from 'libpg-query'
import { as, returningOf } from '../parse/tree.ts'
import { least, most, NOTHING, ONE, times } from './amount.ts'
import { unbounded } from './bound-relation.ts'
import { alternativesOf, conjunctsOf } from './canonical.ts'
import { type Facts, joinFacts } from './facts.ts'
import { readFrom, readItem } from './from-clause.ts'
import { functionFacts } from './functions.ts'
import { distinct, grouped } from './groups.ts'
import { combinations, type Unit } from './joins.ts'
import { type QueryBounds, type QueryContext, readerOf, type WithNames } from './query-context.ts'
import { type ColumnKey, outputColumns, outputKeys, uniqueColumns } from './query-output.ts'
import { readFacts } from './read-facts.ts'
import type { QueryBound } from './relation.ts'
import { type Amount, createLevel, type Level, resolveColumn } from './relation.ts'
import { readTargets, visit } from './select-list.ts'
import type { TableReader } from './tables.ts'
import { limitOf, truthOf } from './values.ts'
import { withNames } from './with-clause.ts'

/** Maximum number of evaluations of alternatives in one statement. Beyond it, an OR counts as unbounded. */
const MOST_EVALUATIONS = 500
const MANY_RELATIONS = 60

export function createQueryBounds(tables: TableReader, params: readonly unknown[] | undefined): QueryBounds {
  const known = new Map<object, QueryBound>()
  let evaluations = 0
  const bounds: QueryBounds = { tables, functions: functionFacts(tables.catalog), params, select, statement }
  return bounds

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
    const withs = withNames(node.withClause, outer, around, bounds)
    const context: QueryContext = { bounds, level, withs, volatile: false, nested: NOTHING }
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

  function boundOfInput(
    units: readonly Unit[],
    facts: Facts,
    conjuncts: readonly Node[],
    context: QueryContext,
  ): Amount {
    if (units.length > MANY_RELATIONS) return { rows: Infinity, reason: 'too many relations to tell' }
    const amount = combinations(units, facts)
    if (conjuncts.some((conjunct) => truthOf(conjunct, params) === false))
      return { rows: 0, reason: 'its condition is false' }
    if (amount.rows !== Infinity) return amount
    // An OR is bounded when each of its alternatives is bounded.
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

  function setOperation(node: SelectStmt, context: QueryContext): QueryBound {
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

  function valuesLists(node: SelectStmt, context: QueryContext): QueryBound {
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
    const withs = withNames(one.withClause, outer, around, bounds)
    const context: QueryContext = { bounds, level, withs, volatile: false, nested: NOTHING }
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

function limited(
  amount: Amount,
  node: SelectStmt,
  uniqueKeys: readonly ColumnKey[],
  context: QueryContext,
): Amount {
  const limit = limitOf(node.limitCount, context.bounds.params)
  if (limit === undefined) return amount
  if (limit.rows === Infinity) return amount.rows === Infinity ? limit : amount
  if (node.limitOption === 'LIMIT_OPTION_WITH_TIES' && !isUniqueOrder(node, uniqueKeys, context))
    return amount.rows === Infinity
      ? { rows: Infinity, reason: 'WITH TIES lets every row through that ties with the last' }
      : amount
  return least(limit, amount)
}

function isUniqueOrder(node: SelectStmt, uniqueKeys: readonly ColumnKey[], context: QueryContext): boolean {
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
