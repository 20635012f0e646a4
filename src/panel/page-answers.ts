// Answers of the panel in the form that the page draws. The data of a request is made by the code of the static page, so both
// pages show the same, and literals are neutralised again before a statement reaches a browser.
import { ReportBuilder } from '../report/report-builder.ts'
import { pageData } from '../report/reporters/html/page-data.ts'
import type { Frame } from '../types/query.ts'
import type { Report } from '../types/report.ts'
import { findingLines } from './finding-lines.ts'
import type { OpenTarget, PageAnswers, PageRequest } from './page-api.ts'
import { pageFinding, pageFindings } from './page-findings.ts'
import { pageReport } from './page-report.ts'
import { type PanelApi, PanelError, type RequestDetail } from './panel-api.ts'
import { readSavedTraces, saveTrace } from './saved-traces.ts'

export function pageAnswers(api: PanelApi): PageAnswers {
  return {
    async pageRequest(id) {
      const detail = await api.request(id)
      return pageRequest(detail, await folderOf(api, detail))
    },
    pageFindings: () => pageFindings(api),
    pageFinding: (key) => pageFinding(api, key),
    pageReport: () => pageReport(api),
    savedTrace: async (id) => saveTrace((await api.request(id)).trace),
    openTraces: async (text) => readSavedTraces(text).map((detail) => pageRequest(detail, undefined)),
    async pageRoutes() {
      const [routes, findings] = await Promise.all([api.routes(), api.findings()])
      const tallies = new Map(routes.map(({ name }) => [name, { error: 0, warning: 0, info: 0 }]))
      for (const { finding } of findings) {
        const tally = tallies.get(finding.route)
        if (tally) tally[finding.severity]++
      }
      return routes.map((route) => ({
        ...route,
        found: tallies.get(route.name) ?? { error: 0, warning: 0, info: 0 },
      }))
    },
  }
}

/** The position of a line, and the working directory of its process, which a relative path starts from. */
export interface OpenedPlace {
  frame: Frame
  /** Undefined for what was read from a file. */
  folder: string | undefined
}

export async function placeToOpen(api: PanelApi, target: OpenTarget): Promise<OpenedPlace> {
  const { request, finding, frame } = target
  if (request !== undefined) {
    const detail = await api.request(request)
    const folder = await folderOf(api, detail)
    return placeOf(pageRequest(detail, folder).data.frames[frame], folder)
  }
  if (finding === undefined)
    throw new PanelError('Name the request or the finding whose line is to be opened.')
  const row = await api.finding(finding)
  const seen = row.latest ?? row.status.request
  const detail = seen === undefined ? undefined : await api.request(seen).catch(() => undefined)
  return placeOf(findingLines(row.finding)[frame], detail && (await folderOf(api, detail)))
}

function placeOf(frame: Frame | undefined, folder: string | undefined): OpenedPlace {
  if (!frame) throw new PanelError('This line is not known. Reload the page and try again.')
  return { frame, folder }
}

function pageRequest(detail: RequestDetail, folder: string | undefined): PageRequest {
  const { request, trace } = detail
  const data = pageData(reportOf(detail), {
    traces: [trace],
    ...(folder === undefined ? {} : { cwd: folder }),
  })
  return { request, data }
}

function reportOf({ trace, findings }: RequestDetail): Report {
  const builder = new ReportBuilder()
  builder.add(trace, findings)
  // The findings are taken as they came, because the process has folded their loops already.
  return { ...builder.build(), findings }
}

async function folderOf(api: PanelApi, { request }: RequestDetail): Promise<string | undefined> {
  if (request.process === undefined) return undefined
  const { processes } = await api.status()
  return processes.find(({ id }) => id === request.process)?.folder
}
