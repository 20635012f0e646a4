// More queries in one unit of work than it may make: what is left to say when no single pattern stands out, and the
// promise a route has made. Control statements (BEGIN, SET) are no work and do not count.
import { fingerprint } from '../sql/index.ts'
import type { TraceDetector } from '../types/detector.ts'
import type { Evidence } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { TraceKind } from '../types/trace.ts'
import { identify } from './identify.ts'
import { pageUrl } from './page-url.ts'

const defaults = {
  /** Queries a request, job or test may make, unless `routes` says otherwise. */
  maxQueries: 100,
  /** The same by the trace's name: `{ 'GET /orders': 5 }`. */
  routes: {} as Readonly<Record<string, number>>,
}

export const queryBudget: TraceDetector<typeof defaults> = {
  meta: {
    id: 'query-budget',
    title: 'More queries than allowed',
    severity: 'warning',
    url: pageUrl('query-budget'),
    isBudget: true,
    defaults,
  },
  detect(trace, { maxQueries, routes }) {
    const budget = Object.hasOwn(routes, trace.name)
      ? (routes[trace.name] as number)
      : usual(trace.kind, maxQueries)
    const counted = trace.queries.flatMap((query, index) => (isWork(query) ? [index] : []))
    const { queries = 0, control = 0 } = trace.onlyCounted ?? {}
    const count = counted.length + trace.truncated + queries - control
    if (count <= budget) return []
    return [
      {
        ...identify(queryBudget.meta.id, { trace, queries: counted }),
        severity: 'warning',
        confidence: 'proven',
        title: `${count} queries, ${count - budget} more than its budget`,
        detail: `${trace.name} may make ${budget} queries.`,
        remediation:
          'Begin with the statements that are sent maxQueries often; raise the budget only for a reason.',
        cost: { queries: count - budget, roundTrips: count - budget },
        evidence: mostFrequent(counted.map((index) => trace.queries[index] as Query)),
      },
    ]
  },
}

/** How long a script runs is nobody's promise; its loops are found by the other detectors. */
function usual(kind: TraceKind, maxQueries: number): number {
  return kind === 'script' ? Number.POSITIVE_INFINITY : maxQueries
}

const CONTROL: ReadonlySet<string> = new Set(['transaction', 'set'])

function isWork({ sql }: Query): boolean {
  return !CONTROL.has(fingerprint(sql).kind)
}

/** Statements shown: the first few make maxQueries of the count. */
const SHOWN = 3

function mostFrequent(queries: readonly Query[]): Evidence[] {
  const counts = new Map<string, { count: number; query: Query }>()
  for (const query of queries) {
    const { key } = fingerprint(query.sql)
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { count: 1, query })
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, SHOWN)
    .map(({ count, query: { sql, callSite } }) => ({
      label: `${count}×`,
      text: fingerprint(sql).text,
      ...(callSite?.[0] ? { callSite: callSite[0] } : {}),
    }))
}
