// Whether a later request did the work of an earlier one, as far as tables and rows tell: it used the same tables, and got
// several rows from those that had several. Statements are not compared, because the fix may have changed them.
import type { Query } from '../../types/query.ts'
import type { Trace } from '../../types/trace.ts'
import { answeredQueries, list, tablesOfQuery } from './seen-request.ts'

/** Returns the difference in words, or undefined when it did the same work. `share` is the part of the rows that is enough. */
export function whyOtherWork(before: Trace, later: Trace, share = 0): string | undefined {
  const [was, is] = [before, later].map((trace) => rowsByTable(answeredQueries(trace))) as [Rows, Rows]
  const missing = [...was.keys()].filter((table) => !is.has(table))
  if (missing.length > 0) return `this request did not use ${list(missing)}`
  for (const [table, rows] of was) {
    const now = is.get(table) ?? 0
    const needed = Math.max(Math.min(rows, SEVERAL), rows * share)
    if (now < needed) return `this request got ${now} rows from ${table}, and the one before ${rows}`
  }
  return undefined
}

const SEVERAL = 2

type Rows = ReadonlyMap<string, number>

/** The largest result of each table. */
function rowsByTable(queries: readonly Query[]): Rows {
  const most = new Map<string, number>()
  for (const query of queries) {
    for (const table of tablesOfQuery(query)) {
      most.set(table, Math.max(most.get(table) ?? 0, query.rows ?? 0))
    }
  }
  return most
}
