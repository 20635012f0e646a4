// Reads what a select list does with the rows it gets: it aggregates them, multiplies them by set-returning functions, or
// collects them into arrays.
import type { FuncCall, Node, SelectStmt } from 'libpg-query'
import { COLLECTING_AGGREGATES } from '../parse/known-functions.ts'
import { as, eachChild, strings } from '../parse/tree.ts'
import { most } from './amount.ts'
import { type QueryContext, queryOf, rowsOfCall } from './query-context.ts'
import { type Amount, resolveColumn } from './relation.ts'
import { isBareStar, soleName } from './target-names.ts'

interface Targets {
  aggregates: boolean
  sets: Amount[]
}

export function readTargets(node: SelectStmt, context: QueryContext, input: Amount): Targets {
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
    // A reference to the select list needs no second look, because the list itself is read too.
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
      const bound = context.bounds.statement(query, context.level, context.withs)
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
    const kind = context.bounds.functions.of(names)
    if (context.bounds.functions.isVolatile(names)) context.volatile = true
    const isMarked = call.agg_star === true || call.agg_distinct === true || call.agg_filter !== undefined
    const isAggregate = kind === 'aggregate' || isMarked || (call.agg_order !== undefined && kind !== 'set')
    if (
      isAggregate &&
      (COLLECTING_AGGREGATES.has(names.at(-1) ?? '') || !context.bounds.functions.isBuiltinAggregate(names))
    )
      nests(input)
    if (call.over !== undefined || !counts) {
      if (isAggregate && call.over === undefined && isOfThisLevel(call)) targets.aggregates = true
      return
    }
    if (isAggregate) {
      if (isOfThisLevel(call)) targets.aggregates = true
    } else if (kind !== 'scalar') targets.sets.push(rowsOfCall(call, context.bounds))
  }

  /** An aggregate whose columns all belong to an outer query is an aggregate of that outer query. */
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

/** Resolves every column below the node, so that references to outer levels are known, and notes volatile functions. */
export function visit(node: Node, context: QueryContext): void {
  const reference = as(node, 'ColumnRef')
  if (reference !== undefined) {
    if (!isBareStar(reference.fields)) resolveColumn(reference, context.level)
    return
  }
  // The subquery resolves its own columns when its bound is computed.
  if (as(node, 'RangeSubselect') !== undefined) return
  const link = as(node, 'SubLink')
  if (link !== undefined) {
    const bound = queryOf(link, context)
    if (bound?.volatile === true) context.volatile = true
    if (link.testexpr !== undefined) visit(link.testexpr, context)
    return
  }
  const call = as(node, 'FuncCall')
  if (call !== undefined && context.bounds.functions.isVolatile(strings(call.funcname)))
    context.volatile = true
  eachChild(node, (child) => {
    visit(child, context)
  })
}

function isWindowed(part: Node): boolean {
  return /"over":/.test(JSON.stringify(part))
}
