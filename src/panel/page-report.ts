// The static page of what the panel has now: its findings, and the newest traces that are kept.
import { ReportBuilder } from '../report/report-builder.ts'
import { htmlReporter } from '../report/reporters/html.ts'
import type { Occurrence } from '../types/finding.ts'
import type { Trace } from '../types/trace.ts'
import type { PanelApi, RequestDetail } from './panel-api.ts'
import { traceName } from './trace-name.ts'

/** The page chooses among these, and says how many it left out. */
const MOST_TRACES = 200
/** Rows that are searched for requests whose trace is kept. */
const SEARCHED_REQUESTS = 10_000

export async function pageReport(api: PanelApi): Promise<string> {
  const rows = await api.requests({ limit: SEARCHED_REQUESTS })
  const details: RequestDetail[] = []
  for (const { id, hasTrace } of rows) {
    if (details.length >= MOST_TRACES) break
    const detail = hasTrace ? await api.request(id).catch(() => undefined) : undefined
    if (detail) details.push(detail)
  }
  const found = await api.findings()
  const builder = new ReportBuilder()
  const traces = details.map(traceOf)
  for (const trace of traces) builder.add(trace, [])
  const occurrences: Record<string, readonly Occurrence[]> = Object.create(null)
  for (const detail of details) {
    for (const { key, occurrences: own } of detail.findings) {
      const here = own.filter(({ trace }) => trace === detail.trace.id)
      const id = traceOf(detail).id
      occurrences[key] = [...(occurrences[key] ?? []), ...here.map((one) => ({ ...one, trace: id }))]
    }
  }
  const findings = found.map(({ finding, requests }) => ({
    ...finding,
    occurrences: [],
    occurrenceCount: Math.max(requests, occurrences[finding.key]?.length ?? 0),
  }))
  const status = await api.status()
  const report = {
    ...builder.build(),
    traces: status.requests,
    findings,
    routes: await api.routes(),
  }
  const [folder] = status.processes.map((process) => process.folder)
  return htmlReporter.render(report, {
    traces,
    occurrences,
    ...(folder === undefined ? {} : { cwd: folder }),
  })
}

function traceOf(detail: RequestDetail): Trace {
  return { ...detail.trace, id: traceName(detail) }
}
