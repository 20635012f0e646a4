// The questions and the news of the panel's page. A question is `POST /api/<method>` with the arguments as a JSON array; a refusal is
// `{ error }` with a sentence that says what to do. News come as events, so that the page never polls.
import type { FormerFinding, PageData, PageGroup } from '../report/reporters/html/page-data.ts'
import type { Severity } from '../types/finding.ts'
import type { RouteSummary } from '../types/report.ts'
import type { FindingRow, PanelApi, PanelStatus, RequestRow } from './panel-api.ts'

/** One request in the form that the page draws: `data` has its trace and its findings, without any value. */
export interface PageRequest {
  request: RequestRow
  data: PageData
}

/** A finding as a row of the list. */
export interface PageFindingRow extends Omit<FindingRow, 'finding'> {
  finding: FormerFinding
}

/** All findings, worst first. The groups hold positions among the rows. */
export interface PageFindings {
  rows: readonly PageFindingRow[]
  groups: readonly PageGroup[]
}

/** One finding in full. `data` also has the trace of the latest request that showed it (`row.latest`). */
export interface PageFindingDetail {
  row: PageFindingRow
  data: PageData
  /** The finding that would remove this one with it. */
  cause?: FormerFinding
}

/** A route with the number of its findings by severity. */
interface PageRoute extends RouteSummary {
  found: Readonly<Record<Severity, number>>
}

/** Answers that only the page asks for. They are made of the answers of PanelApi. */
export interface PageAnswers {
  pageRequest(id: string): Promise<PageRequest>
  pageFindings(): Promise<PageFindings>
  pageFinding(key: string): Promise<PageFindingDetail>
  /** The static page of the findings and the kept traces. */
  pageReport(): Promise<string>
  /** A request as a line of a trace file, which the command reads too. */
  savedTrace(id: string): Promise<string>
  /** Draws the traces of a trace file. Nothing of them is stored or sent on. */
  openTraces(text: string): Promise<readonly PageRequest[]>
  /** The routes with the number of their findings. */
  pageRoutes(): Promise<readonly PageRoute[]>
}

/** A line of a stored trace or finding. It is named by its position, so that no path of a browser is ever opened. */
export interface OpenTarget {
  /** The request that `data.frames` belongs to. */
  request?: string | undefined
  /** The finding whose frames are meant, in the order of `findingLines`. */
  finding?: string | undefined
  frame: number
}

interface PanelActions {
  /** Captures the next traces of a route in full. */
  capture(route: string, traces: number): Promise<void>
  /** Opens a line in the editor of the machine where the panel runs. */
  open(target: OpenTarget): Promise<void>
}

export interface PageApi extends PanelApi, PageAnswers, PanelActions {}

/** The events of `GET /events` with their data. */
export interface PanelEvents {
  /** New requests, oldest first. A row with a known number replaces it. */
  requests: readonly RequestRow[]
  /** Comes first after connecting, and when processes or counts of what was dropped change. */
  status: PanelStatus
  /** Findings or their states changed. */
  findings: Record<string, never>
  /** The page's list cannot be continued: the page has to ask again. */
  reset: Record<string, never>
}
