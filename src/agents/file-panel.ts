// The panel's interface over files: a report, trace files, or both. It answers the questions that need no running application, and
// refuses the others with the command that starts one.
import { epochMs, isoTime } from '../host/real-time.ts'
import { compareRequests } from '../panel/compare-requests.ts'
import { matchesFilter } from '../panel/matches-filter.ts'
import {
  type FindingRow,
  type PanelApi,
  PanelError,
  type RequestDetail,
  type RequestRow,
} from '../panel/panel-api.ts'
import { requestRow } from '../panel/request-row.ts'
import { Analysis } from '../report/run-analysis.ts'
import type { SelectedDetectors } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Report } from '../types/report.ts'
import type { Trace } from '../types/trace.ts'
import { VERSION } from '../version.ts'
import { quote } from './quoted-text.ts'

export interface PanelFiles {
  /** The findings of the report win over those that are found in the traces. */
  report?: Report | undefined
  traces: Iterable<Trace> | AsyncIterable<Trace>
  detectors: SelectedDetectors
}

/** Queries of all traces that are kept, a few hundred megabytes. The rows of further traces are kept without their queries. */
const MOST_QUERIES = 200_000
const MOST_REQUESTS = 100_000
const PAGE = 100

export async function readFilePanel({ report: given, traces, detectors }: PanelFiles): Promise<PanelApi> {
  const analysis = new Analysis({ detectors, rules: { linesAreKnown: true } })
  const reported = given && new Map(given.findings.map((finding) => [finding.key, finding]))
  const rows: RequestRow[] = []
  const details = new Map<string, RequestDetail>()
  let queries = 0
  let dropped = 0
  for await (const trace of traces) {
    const found = analysis.add(trace).findings
    if (rows.length >= MOST_REQUESTS) {
      dropped++
      continue
    }
    const findings = reported ? found.filter(({ key }) => reported.has(key)) : found
    const number = rows.length + 1
    queries += trace.queries.length
    const hasTrace = queries <= MOST_QUERIES
    const row = { ...requestRow({ id: String(number), number }, trace, findings), hasTrace }
    rows.push(row)
    if (hasTrace) details.set(row.id, { request: row, trace, findings })
  }
  const report = given ?? analysis.report()
  return answers({ report, rows, details, dropped, startedAt: rows[0]?.startedAt ?? isoTime(epochMs()) })
}

interface Read {
  report: Report
  rows: readonly RequestRow[]
  details: ReadonlyMap<string, RequestDetail>
  /** Requests that are not kept. */
  dropped: number
  startedAt: string
}

function answers(read: Read): PanelApi {
  const { report, rows, details } = read
  const request = async (id: string): Promise<RequestDetail> => {
    const detail = details.get(id)
    if (detail) return detail
    if (rows.some((row) => row.id === id))
      throw new PanelError(`The queries of request ${id} were not kept, because the files have too many.`)
    throw new PanelError(
      rows.length === 0
        ? 'A report has no requests; give the trace file of the same run as well (--traces).'
        : `There is no request ${quote(id, 80)}. The requests of files are numbered from 1 to ${rows.length}.`,
    )
  }
  const findings = report.findings.map((finding) => findingRow(finding, read))
  return {
    status: async () => ({
      version: VERSION,
      startedAt: read.startedAt,
      processes: [],
      newest: rows.length,
      requests: rows.length,
      traces: details.size,
      bytes: 0,
      dropped: {
        requests: read.dropped,
        traces: rows.length - details.size,
        findings: 0,
        unsent: 0,
        unreadable: 0,
      },
      explains: false,
    }),
    findings: async () => findings,
    async finding(key) {
      const found = findings.find((row) => row.finding.key === key)
      if (found) return found
      throw new PanelError(`The report has no finding ${quote(key, 80)}.`)
    },
    async requests(filter = {}) {
      const found = rows.filter((row) => matchesFilter(row, filter))
      const ordered = filter.after === undefined ? found.reverse() : found
      return ordered.slice(0, filter.limit ?? PAGE)
    },
    request,
    routes: async () => report.routes,
    compare: async (before, after) => compareRequests(await request(before), await request(after)),
    awaitRequest: () => refuse('Files get no further requests'),
    verify: () => refuse('Files do not show whether a later change fixed anything'),
    explain: () => refuse('A plan is made by the running application'),
    pin: () => refuse('Files keep all of their requests'),
  }
}

function findingRow(finding: Finding, { report, rows }: Read): FindingRow {
  const showing = rows.filter(({ findings }) => findings.some(({ key }) => key === finding.key))
  const latest = showing.findLast(({ hasTrace }) => hasTrace)
  const route = report.routes.find(({ name }) => name === finding.route)
  const first = showing[0]?.startedAt
  const last = showing.at(-1)?.startedAt
  return {
    finding,
    status: {
      state: 'still_there',
      reason: 'The report shows it.',
      ...(latest ? { request: latest.id } : {}),
    },
    requests: finding.occurrenceCount,
    ofRequests: Math.max(route?.traces ?? 0, finding.occurrenceCount),
    ...(first === undefined ? {} : { firstSeen: first }),
    ...(last === undefined ? {} : { lastSeen: last }),
    ...(latest ? { latest: latest.id } : {}),
  }
}

function refuse(reason: string): Promise<never> {
  return Promise.reject(
    new PanelError(
      `${reason}. Start the application under the panel (npx pg-loupe dev -- npm run dev) and ask without --report and --traces.`,
    ),
  )
}
