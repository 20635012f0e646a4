// A query that took long, measured. The one detector whose findings depend on the day: the same run may find more or
// less tomorrow. The wait for a connection is not the query's fault and does not count.
import { fingerprint } from '../sql/index.ts'
import type { TraceDetector } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { byStatement } from './by-statement.ts'
import { identify } from './identify.ts'
import { pageUrl } from './page-url.ts'

const defaults = {
  /** A query that takes longer is reported, in milliseconds. */
  maxMs: 500,
}

export const slowQuery: TraceDetector<typeof defaults> = {
  meta: {
    id: 'slow-query',
    title: 'A slow query',
    severity: 'warning',
    url: pageUrl('slow-query'),
    isMeasured: true,
    defaults,
  },
  detect: (trace, { maxMs }) =>
    byStatement(
      trace,
      // The time of a cursor or a stream includes that of the application between two portions.
      ({ sql, durationMs = 0, inPortions }) =>
        durationMs > maxMs && !inPortions && WORK.has(fingerprint(sql).kind),
      ({ durationMs = 0 }) => durationMs,
    ).map(({ worst, indexes }) => describe(trace, worst, indexes)),
}

/** COMMIT waits for others, COPY and DDL are long by nature. */
const WORK: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge'])

function describe(trace: Trace, query: Query, indexes: readonly number[]): Finding {
  const { sql, durationMs = 0, callSite = [], rows } = query
  const { text, key } = fingerprint(sql)
  const result = rows === undefined ? '' : ` for ${rows} ${rows === 1 ? 'row' : 'rows'}`
  return {
    ...identify(slowQuery.meta.id, { trace, queries: indexes, callSite, statement: key }),
    severity: 'warning',
    confidence: 'proven',
    title: `A query of ${Math.round(durationMs)} ms`,
    detail: `The database took ${Math.round(durationMs)} ms${result}; the wait for a connection is not counted.`,
    remediation: 'Look at its plan: EXPLAIN (ANALYZE, BUFFERS) with the values of a slow call.',
    cost: { queries: 0, roundTrips: 0 },
    evidence: [{ label: 'query', text }],
  }
}
