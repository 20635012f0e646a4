// For detectors that look at one query at a time: groups the queries that show something by their statements, so that a
// loop of such queries is one finding.
import { fingerprint } from '../sql/index.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'

export interface StatementGroup {
  /** The query with the greatest measure. Without a measure it is the first one. */
  worst: Query
  /** The positions of all queries of the group in the trace. */
  indexes: readonly number[]
}

export function byStatement(
  trace: Trace,
  shows: (query: Query) => boolean,
  measure: (query: Query) => number = () => 0,
): StatementGroup[] {
  const groups = new Map<string, { worst: Query; indexes: number[] }>()
  trace.queries.forEach((query, index) => {
    if (!shows(query)) return
    const { key } = fingerprint(query.sql)
    const group = groups.get(key)
    if (!group) groups.set(key, { worst: query, indexes: [index] })
    else {
      group.indexes.push(index)
      if (measure(query) > measure(group.worst)) group.worst = query
    }
  })
  return [...groups.values()]
}
