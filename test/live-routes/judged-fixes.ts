// Judges each finding of a guilty route by later requests: of its fix, of the route itself, and of the route as it could
// have run without its mistake showing: ended early, with a list of one row, or from a cache.
import { detectors } from '../../src/detectors/index.ts'
import { type Judgement, judgeFix, type SeenRequest } from '../../src/panel/judge-fix.ts'
import { Analysis } from '../../src/report/run-analysis.ts'
import { fingerprint } from '../../src/sql/index.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import type { Visit } from './visit.ts'

export interface JudgedFinding {
  route: string
  finding: Finding
  /** By the requests of the fix. */
  byFix: readonly Judgement[]
  /** By the other requests of the route. */
  bySame: readonly Judgement[]
  /** By requests that could not have shown it, by what happened in them. */
  byOther: Readonly<Record<string, Judgement>>
}

const active = detectors
  .filter(({ meta }) => meta.id !== 'slow-query')
  .map((detector) => ({ detector, options: detector.meta.defaults }))

export function judgeFindings(visits: readonly Visit[], traces: readonly Trace[]): JudgedFinding[] {
  return visits.flatMap(({ route, label, fixedBy }) => {
    if (label === 'innocent') return []
    const requests = seenRequests(traces.filter(({ name }) => name === route))
    const fixes = seenRequests(
      traces.filter(({ name }) => name === fixedBy).map((trace) => ({ ...trace, name: route })),
    )
    const findings = new Map(requests.flatMap((request) => request.findings.map((one) => [one.key, one])))
    return [...findings.values()].map((finding): JudgedFinding => {
      const before = requests.find((request) => request.findings.some(({ key }) => key === finding.key))
      const judge = (later: SeenRequest) => judgeFix(finding, before, later)
      const others = before?.trace ? withoutTheMistake(finding, before.trace) : {}
      return {
        route,
        finding,
        byFix: fixes.map(judge),
        bySame: requests.filter((other) => other !== before).map(judge),
        byOther: Object.fromEntries(
          Object.entries(others).map(([what, trace]) => [
            what,
            judge(seenRequests([trace])[0] as SeenRequest),
          ]),
        ),
      }
    })
  })
}

/** The requests as a process would send them to the panel: findings that need several traces come with the last of them. */
function seenRequests(traces: readonly Trace[]): SeenRequest[] {
  const analysis = new Analysis({ detectors: { rules: [], active } })
  return traces.map((trace) => {
    const { findings, report } = analysis.add(trace)
    const keys = new Set(findings.map(({ key }) => key))
    const concluded = report().findings.filter(({ key, statements }) => !statements && !keys.has(key))
    return {
      request: { capture: 'full', queries: trace.queries.length, status: Number(trace.labels?.status) },
      trace,
      findings: [...findings, ...concluded],
    }
  })
}

/** The request as it would have been with the same code, under circumstances in which the code does no harm. */
function withoutTheMistake(finding: Finding, trace: Trace): Record<string, Trace> {
  const { queries } = trace
  const statements = new Set(
    finding.statements?.map(({ fingerprint: key }) => key) ?? [finding.key.split(' | ').at(-1)],
  )
  const isShown = ({ sql }: Query) => statements.has(fingerprint(sql).key)
  const first = queries.findIndex(isShown)
  if (first < 0) return {}
  const withQueries = (kept: readonly Query[]): Trace => ({
    ...trace,
    id: `${trace.id} again`,
    queries: kept,
  })
  const empty = withQueries(queries.map((query) => (isShown(query) ? { ...query, rows: 0 } : query)))
  return {
    'ended early': withQueries(queries.slice(0, first)),
    'came from a cache': withQueries(queries.filter((query) => !isShown(query))),
    ...(finding.statements ? { 'had one row': withQueries(firstTurn(queries, isShown)) } : {}),
    ...(finding.detector.startsWith('unbounded') ? { 'had no row': empty } : {}),
  }
}

/** All other queries with one row at most, and each statement of the loop once. */
function firstTurn(queries: readonly Query[], isShown: (query: Query) => boolean): Query[] {
  const seen = new Set<string>()
  return queries.flatMap((query) => {
    const { rows, ...same } = query
    const one = rows === undefined ? same : { ...same, rows: Math.min(rows, 1) }
    const { key } = fingerprint(query.sql)
    if (!isShown(query)) return [one]
    return seen.has(key) ? [] : [seen.add(key) && one]
  })
}
