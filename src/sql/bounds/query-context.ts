// The state that the parts of one query level share while its bound is computed, and the dependencies of its values.
import type { FuncCall, Node, SelectStmt, SubLink } from 'libpg-query'
import { as, eachChild, strings } from '../parse/tree.ts'
import { ONE } from './amount.ts'
import type { FunctionFacts } from './functions.ts'
import { type Amount, type Level, type QueryBound, type Relation, resolveColumn } from './relation.ts'
import type { TableReader } from './tables.ts'
import { rowsOfSet, type ValueReader } from './values.ts'

export type WithNames = ReadonlyMap<string, QueryBound>

/** Computes the bounds of the queries of one statement, and holds the facts that all of them share. */
export interface QueryBounds {
  readonly tables: TableReader
  readonly functions: FunctionFacts
  readonly params: readonly unknown[] | undefined
  select(select: SelectStmt, outer: Level | undefined, withs: WithNames): QueryBound
  statement(node: Node, outer: Level | undefined, withs: WithNames): QueryBound
}

/** The query level whose bound is being computed. */
export interface QueryContext {
  readonly bounds: QueryBounds
  readonly level: Level
  readonly withs: WithNames
  volatile: boolean
  nested: Amount
}

export function readerOf(context: QueryContext): ValueReader {
  return {
    params: context.bounds.params,
    given: (value) => givenBy(value, context, false),
    query: (link: SubLink) => queryOf(link, context),
  }
}

/**
 * The relations of this level that a value depends on. Undefined when the value may differ for the same rows of these
 * relations.
 */
export function givenBy(
  value: Node,
  context: QueryContext,
  allowVolatile: boolean,
): ReadonlySet<Relation> | undefined {
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
    if (call !== undefined && !allowVolatile && context.bounds.functions.isVolatile(strings(call.funcname)))
      ok = false
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

export function queryOf(link: SubLink, context: QueryContext): QueryBound | undefined {
  const query = as(link.subselect, 'SelectStmt')
  return query === undefined ? undefined : context.bounds.select(query, context.level, context.withs)
}

export function rowsOfCall(call: FuncCall, { functions, params }: QueryBounds): Amount {
  const names = strings(call.funcname)
  const known = functions.of(names)
  if (known === 'scalar' || known === 'aggregate') return ONE
  if (known === 'set' && functions.isBuiltin(names)) return rowsOfSet(call, params)
  if (known === 'set')
    return { rows: Infinity, reason: `how many rows ${names.join('.')}() returns is not known` }
  return { rows: Infinity, reason: `whether ${names.join('.')}() returns a set is not known` }
}
