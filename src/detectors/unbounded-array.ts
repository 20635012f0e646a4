// A row that holds an array as long as a table: one result row, or a page of them, into each of which an aggregate
// collects without limit. It is what a relational query with a nested list becomes. Proven like `unbounded-select`.
import { advisorOf } from '../advice/advisors.ts'
import { fingerprint } from '../sql/index.ts'
import type { TraceDetector } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { byStatement } from './by-statement.ts'
import { identify } from './identify.ts'
import { pageUrl } from './page-url.ts'

const defaults = {
  /** Bytes of a result from which on it is a warning. */
  warnBytes: 100_000,
  /** Bytes of a result below which nothing is said: a few elements are no long list. */
  minBytes: 500,
  /** Rows in the table up to which only a result of `warnBytes` counts: a list of countries stays one. */
  maxSmallRows: 100,
}

export const unboundedArray: TraceDetector<typeof defaults> = {
  meta: {
    id: 'unbounded-array',
    title: 'An array that grows with a table',
    severity: 'warning',
    url: pageUrl('unbounded-array'),
    defaults,
  },
  detect: (trace, options) =>
    byStatement(
      trace,
      (query) => isUnbounded(query) && canHurt(query, options),
      ({ bytes = 0 }) => bytes,
    ).map(({ worst, indexes }) => describe(trace, worst, indexes, options)),
}

function isUnbounded({ bound, error, inPortions }: Query): boolean {
  return (
    bound !== undefined &&
    (bound.rows !== undefined || inPortions === true) &&
    bound.nested === undefined &&
    bound.table !== undefined &&
    error === undefined
  )
}

/** When the size of the table is unknown, only the bytes count. */
function canHurt(
  { bytes = 0, bound }: Query,
  { warnBytes, minBytes, maxSmallRows }: typeof defaults,
): boolean {
  return bytes >= warnBytes || (bytes >= minBytes && (bound?.tableRows ?? Infinity) > maxSmallRows)
}

function describe(
  trace: Trace,
  query: Query,
  indexes: readonly number[],
  { warnBytes }: typeof defaults,
): Finding {
  const { sql, bound, bytes = 0, callSite = [], via } = query
  const { text, key } = fingerprint(sql)
  return {
    ...identify(unboundedArray.meta.id, { trace, queries: indexes, callSite, statement: key }),
    severity: bytes >= warnBytes ? 'warning' : 'info',
    confidence: 'likely',
    title: 'An array without a limit inside a row',
    detail: `The rows are bounded, but ${bound?.reason ?? 'an array in them is not'}. The result had ${bytes} bytes.`,
    ...advisorOf(via).limitArray(),
    cost: { queries: 0, roundTrips: 0 },
    evidence: [{ label: 'query', text }],
  }
}
