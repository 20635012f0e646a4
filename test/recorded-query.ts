// Queries as the driver records them, for tests of what is read from them: `recordedQuery('select …', { params: [1] })`.
import { NO_CALL } from '../src/trace/call-site/read-call.ts'
import type { DriverField } from '../src/trace/query-recording.ts'
import { RecordedQuery } from '../src/trace/recorded-query.ts'
import { KeptCells } from '../src/trace/value-flow/kept-cells.ts'
import type { CallSite } from '../src/types/query.ts'

export interface Recorded {
  params?: readonly unknown[]
  fields?: readonly DriverField[] | undefined
  rows?: readonly unknown[] | undefined
  /** More than there are in `rows`, when only the first were kept. */
  rowCount?: number
  startMs?: number
  durationMs?: number
  callSite?: CallSite
}

/** One that has ended when so many queries of its trace had started; `inOrder` gives each its place. */
export function recordedQuery(
  sql: string,
  { params = [], fields, rows = [], rowCount, startMs = 0, durationMs = 0.5, callSite = [] }: Recorded = {},
  endedAfter = 0,
): RecordedQuery {
  const query = new RecordedQuery({ sql, params }, startMs, () => ({ ...NO_CALL, callSite }))
  query.durationMs = durationMs
  query.endedAfter = endedAfter
  query.rows = rowCount ?? rows.length
  if (fields) query.fields = fields
  if (rows.length > 0) query.kept = new KeptCells(fields)
  for (const row of rows) query.kept?.add(row, endedAfter)
  return query
}

/** One query after the other, each when the one before had ended. */
export function inOrder(
  ...queries: readonly (readonly [sql: string, recorded?: Recorded])[]
): RecordedQuery[] {
  return queries.map(([sql, recorded], index) =>
    recordedQuery(sql, { startMs: index, ...recorded }, index + 1),
  )
}
