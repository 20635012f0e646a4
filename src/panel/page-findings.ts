// The findings so far in the form that the page draws: all of them as rows, worst first, and one of them in full. Findings
// arrive over time and from several processes, so which finding would remove an exceeded budget with it is read from a
// request that showed both.
import { describeDetector } from '../detectors/describe-detector.ts'
import { groupFindings } from '../report/finding-groups.ts'
import { ReportBuilder } from '../report/report-builder.ts'
import { formerFinding, pageData } from '../report/reporters/html/page-data.ts'
import type { Finding } from '../types/finding.ts'
import type { PageFindingDetail, PageFindingRow, PageFindings } from './page-api.ts'
import type { FindingRow, PanelApi, RequestDetail } from './panel-api.ts'
import { traceName } from './trace-name.ts'

export async function pageFindings(api: PanelApi): Promise<PageFindings> {
  const [rows, folders] = [await api.findings(), await foldersOf(api)]
  const byKey = new Map(rows.map(({ finding }) => [finding.key, finding]))
  const causes = new Map<Finding, Finding>()
  for (const row of rows) {
    const cause = byKey.get((await causeOf(api, row)) ?? '')
    if (cause) causes.set(row.finding, cause)
  }
  const positions = new Map(rows.map(({ finding }, index) => [finding, index]))
  const positionsOf = (findings: readonly Finding[]) => findings.map((finding) => positions.get(finding) ?? 0)
  const own = rows.flatMap(({ finding }) => (causes.has(finding) ? [] : [finding]))
  return {
    rows: rows.map((row) => pageRow(row, folders)),
    groups: groupFindings(own).map(({ lead, sameLine, explained }) => {
      const members = new Set([lead, ...sameLine, ...explained])
      const further = [...causes].flatMap(([finding, cause]) => (members.has(cause) ? [finding] : []))
      return {
        lead: positions.get(lead) ?? 0,
        sameLine: positionsOf(sameLine),
        explained: positionsOf([...explained, ...further]),
      }
    }),
  }
}

/** The key of the finding that explains an exceeded budget in the latest request that showed it. */
async function causeOf(api: PanelApi, { finding, latest }: FindingRow): Promise<string | undefined> {
  if (latest === undefined || !describeDetector({}, finding.detector)?.isBudget) return undefined
  const seen = await api.request(latest).catch(() => undefined)
  const group = groupFindings(seen?.findings ?? []).find(({ explained }) =>
    explained.some(({ key }) => key === finding.key),
  )
  return group?.lead.key
}

export async function pageFinding(api: PanelApi, key: string): Promise<PageFindingDetail> {
  const row = await api.finding(key)
  const folders = await foldersOf(api)
  const seen = row.latest === undefined ? undefined : await api.request(row.latest).catch(() => undefined)
  const causeKey = await causeOf(api, row)
  const cause = causeKey === undefined ? undefined : await api.finding(causeKey).catch(() => undefined)
  const cwd = folderOf(row.finding, folders)
  const occurrences = occurrencesIn(seen, key)
  const finding = { ...row.finding, occurrences, occurrenceCount: Math.max(row.requests, occurrences.length) }
  const report = { ...new ReportBuilder().build(), findings: [finding] }
  const data = pageData(report, {
    ...(cwd === undefined ? {} : { cwd }),
    traces: seen ? [{ ...seen.trace, id: traceName(seen) }] : [],
  })
  return { row: pageRow(row, folders), data, ...(cause ? { cause: pageRow(cause, folders).finding } : {}) }
}

function occurrencesIn(seen: RequestDetail | undefined, key: string): Finding['occurrences'] {
  if (!seen) return []
  const found = seen.findings.find((finding) => finding.key === key)
  return (found?.occurrences ?? [])
    .filter(({ trace }) => trace === seen.trace.id)
    .map((occurrence) => ({ ...occurrence, trace: traceName(seen) }))
}

function pageRow({ finding, ...row }: FindingRow, folders: readonly string[]): PageFindingRow {
  return { ...row, finding: formerFinding(finding, folderOf(finding, folders)) }
}

/** Working directories of the processes, the longest first, so that a path is shortened by the nearest one. */
async function foldersOf(api: PanelApi): Promise<string[]> {
  const { processes } = await api.status()
  return [...new Set(processes.map(({ folder }) => folder))].sort((a, b) => b.length - a.length)
}

function folderOf({ callSite: [frame] }: Finding, folders: readonly string[]): string | undefined {
  return folders.find((folder) => frame?.file.startsWith(`${folder}/`))
}
