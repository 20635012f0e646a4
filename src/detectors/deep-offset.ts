// Finds pages far behind the first one: the database reads and discards every row that OFFSET skips. The OFFSET in force
// counts, also when it is a parameter. A small OFFSET is not reported, because the first pages cost nothing.
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
  /** An OFFSET larger than this is reported. */
  maxOffset: 1000,
}

export const deepOffset: TraceDetector<typeof defaults> = {
  meta: {
    id: 'deep-offset',
    title: 'A page far behind the first',
    severity: 'warning',
    url: pageUrl('deep-offset'),
    defaults,
  },
  detect: (trace, { maxOffset }) =>
    byStatement(
      trace,
      ({ offset = 0 }) => offset > maxOffset,
      ({ offset = 0 }) => offset,
    ).map((group) => describe(trace, group.worst, group.indexes)),
}

function describe(
  trace: Trace,
  { sql, offset = 0, callSite = [], rows = 0, via }: Query,
  indexes: readonly number[],
): Finding {
  const { text, key } = fingerprint(sql)
  return {
    ...identify(deepOffset.meta.id, { trace, queries: indexes, callSite, statement: key }),
    severity: 'warning',
    confidence: 'proven',
    title: `OFFSET ${offset}: rows are read to be thrown away`,
    detail: `To return ${rows} rows the database found ${offset} others first and skipped them; each further page costs more.`,
    ...advisorOf(via).pageByKey(),
    cost: { queries: 0, roundTrips: 0, rows: offset },
    evidence: [{ label: 'query', text }],
  }
}
