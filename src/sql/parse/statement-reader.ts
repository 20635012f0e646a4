// The state that the readers of a statement's parts share, and the levels of queries that they open.
import type { Node } from 'libpg-query'
import type { Call, Join, Predicate, QueryLevel, TableUse, Write } from './statement-analysis.ts'

/** The names that one level of a query can use, and the level around it. */
export interface Scope {
  /** The position of the level in `queries`. */
  query: number
  /** Positions in `tables`. */
  tables: number[]
  /** The positions of WITH queries in `queries`, by name. */
  withNames: Map<string, number>
  outer?: Scope
}

export interface StatementReader {
  queries: QueryLevel[]
  tables: TableUse[]
  predicates: Predicate[]
  joins: Join[]
  calls: Call[]
  writes: Write[]
  /** Reads a statement inside of another one, and returns the position of its level in `queries`. */
  readStatement(node: Node, role: QueryLevel['role'], outer?: Scope, name?: string): number
}

export function openLevel(
  { queries }: StatementReader,
  role: QueryLevel['role'],
  outer?: Scope,
  name?: string,
): Scope {
  queries.push({
    ...(outer === undefined ? {} : { parent: outer.query }),
    role,
    ...(name === undefined ? {} : { name }),
    outputs: [],
    distinct: false,
    grouped: false,
    groupBy: [],
    having: false,
    orderBy: [],
    withTies: false,
    locks: [],
  })
  const scope: Scope = { query: queries.length - 1, tables: [], withNames: new Map() }
  if (outer !== undefined) scope.outer = outer
  return scope
}

export function finishLevel(
  { queries }: StatementReader,
  { query }: Scope,
  fields: Partial<QueryLevel>,
): void {
  queries[query] = { ...(queries[query] as QueryLevel), ...fields }
}
