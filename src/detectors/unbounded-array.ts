// A row that holds an array as long as a table: one result row, or a page of them, into each of which an aggregate
// collects without limit. It is what a relational query with a nested list becomes. Proven like `unbounded-select`.
import { fingerprint } from '../sql/index.ts'
import type { Detector, Finding, Query, Trace } from '../types.ts'
import { byStatement } from './by-statement.ts'
import { identify } from './identify.ts'

const defaults = {
  /** Bytes of a result from which on it is a warning. */
  warnBytes: 100_000,
}

export const unboundedArray: Detector<typeof defaults> = {
  meta: {
    id: 'unbounded-array',
    title: 'An array that grows with a table',
    severity: 'warning',
    docsUrl: 'src/detectors/unbounded-array.md',
    defaults,
  },
  detect: (trace, options) =>
    byStatement(trace, isUnbounded, ({ bytes = 0 }) => bytes).map(({ worst, indexes }) =>
      describe(trace, worst, indexes, options),
    ),
}

function isUnbounded({ bound, error }: Query): boolean {
  return (
    bound?.rows !== undefined &&
    bound.nested === undefined &&
    bound.table !== undefined &&
    error === undefined
  )
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
    remediation:
      via === 'drizzle'
        ? 'Give the nested list a limit: with: { …: { limit: n, orderBy: … } }.'
        : 'Put ORDER BY and LIMIT into the subquery that is collected.',
    cost: { queries: 0, roundTrips: 0 },
    evidence: [{ label: 'query', text }],
  }
}
