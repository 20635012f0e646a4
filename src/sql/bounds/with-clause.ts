// Reads the queries that a WITH clause names.
import type { Node, WithClause } from 'libpg-query'
import { as, eachChild } from '../parse/tree.ts'
import { renamed, unbounded } from './bound-relation.ts'
import type { QueryBounds, WithNames } from './query-context.ts'
import type { Level } from './relation.ts'

export function withNames(
  clause: WithClause | undefined,
  outer: Level | undefined,
  around: WithNames,
  bounds: QueryBounds,
): WithNames {
  if (clause?.ctes === undefined) return around
  const names = new Map(around)
  for (const node of clause.ctes) {
    const cte = as(node, 'CommonTableExpr')
    if (cte?.ctequery === undefined) continue
    const name = cte.ctename ?? ''
    if (clause.recursive === true) {
      names.set(name, unbounded(`the recursive query ${name} may go on without end`))
      // A recursive query is unbounded, but its columns and its nested arrays are still useful.
      const bound = bounds.statement(cte.ctequery, outer, names)
      const isRecursive = refersTo(cte.ctequery, name)
      const reason = `the recursive query ${name} may go on without end`
      names.set(
        name,
        isRecursive
          ? { ...renamed(bound, cte.aliascolnames), own: { rows: Infinity, reason }, keys: [] }
          : renamed(bound, cte.aliascolnames),
      )
    } else names.set(name, renamed(bounds.statement(cte.ctequery, outer, names), cte.aliascolnames))
  }
  return names
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
