// The questions that can be asked about the traces of an application, by the panel's page, by the commands and by coding agents. The running
// panel answers from its store; a report with its trace files answers the part that needs no running application.
import type { Finding } from '../types/finding.ts'
import type { RouteSummary } from '../types/report.ts'
import type { Trace, TraceKind } from '../types/trace.ts'
import type { PanelProcess } from './messages.ts'

/** How much of a trace was captured. */
export type CaptureState = 'full' | 'partial' | 'counted'

/** One request, job or test: a row of the list. */
export interface RequestRow {
  /** Unguessable when it comes from a running application. */
  id: string
  /** Position in the order of arrival, which pages and events continue from. */
  number: number
  kind: TraceKind
  /** The name of the trace: method and route pattern of a request. */
  route: string
  /** The status of the response. Absent for other kinds and for requests that were aborted before it. */
  status?: number
  aborted?: true
  /** The id of its process. Absent when it was read from a file. */
  process?: string
  /** ISO 8601 */
  startedAt?: string
  durationMs?: number
  queries: number
  databaseMs?: number
  rows?: number
  bytes?: number
  capture: CaptureState
  /** The findings of this trace, worst first. */
  findings: readonly Pick<Finding, 'key' | 'detector' | 'severity' | 'title'>[]
  /** The trace can still be shown: it was captured, and neither dropped nor displaced by newer ones. */
  hasTrace: boolean
  pinned?: true
}

/**
 * Whether a finding is still there.
 * - `fixed`: a conclusive full capture of its route, later than the change, does not show it.
 * - `still_there`: the latest conclusive capture shows it.
 * - `not_exercised`: its route did not run since the change.
 * - `inconclusive`: its route ran, but what ran could not have shown it: a list with one row, an error, a trace that was only counted.
 */
export type FindingState = 'fixed' | 'still_there' | 'not_exercised' | 'inconclusive'

export interface FindingStatus {
  state: FindingState
  /** The reason, in one sentence. */
  reason: string
  /** The request that decided, or the latest one that could not decide. */
  request?: string
}

/** A finding, with what the panel knows about it over time. */
export interface FindingRow {
  finding: Finding
  status: FindingStatus
  /** Requests that showed it. */
  requests: number
  /** Captured requests of its route. */
  ofRequests: number
  /** ISO 8601 */
  firstSeen?: string
  lastSeen?: string
  /** The latest request that showed it and whose trace is still kept. */
  latest?: string
}

export interface RequestDetail {
  request: RequestRow
  trace: Trace
  findings: readonly Finding[]
}

export interface RequestFilter {
  /** The name of a route, exactly. */
  route?: string | undefined
  hasFindings?: boolean | undefined
  /** False for those that sent no query, such as files and health checks. */
  hasQueries?: boolean | undefined
  process?: string | undefined
  /** Words that all have to occur in the route, its findings or its status. */
  text?: string | undefined
  /** Only requests with a larger `number`, oldest first. Default: newest first. */
  after?: number | undefined
  /** Only requests with a smaller `number`. */
  before?: number | undefined
  /** Default: 100. */
  limit?: number | undefined
}

/** Counts before and after. */
export interface Change {
  before: number
  after: number
}

/** One statement in two requests of a route. */
export interface StatementChange {
  /** The fingerprint's 16 hex digits. */
  fingerprint: string
  text: string
  change: 'gone' | 'new' | 'more' | 'fewer' | 'same'
  queries: Change
  rows: Change
  bytes: Change
  databaseMs: Change
}

/** Two requests side by side by their statements. Changed statements come first, the largest change before smaller ones. */
export interface RequestComparison {
  before: RequestRow
  after: RequestRow
  queries: Change
  rows: Change
  bytes: Change
  databaseMs: Change
  durationMs: Change
  statements: readonly StatementChange[]
  findings: {
    gone: readonly Finding[]
    new: readonly Finding[]
    still: readonly Finding[]
  }
}

/** One node of a plan, as the page and the commands show it. */
export interface PlanNode {
  /** `Seq Scan`, `Nested Loop` */
  type: string
  /** Table, index or function that it reads. */
  relation?: string
  index?: string
  /** Conditions and sort keys, as PostgreSQL words them. */
  details: readonly { label: string; text: string }[]
  startupCost: number
  totalCost: number
  rows: number
  width: number
  plans: readonly PlanNode[]
}

export interface ExplainedQuery {
  /** The statement that was explained. */
  sql: string
  plan: PlanNode
  /** The JSON of PostgreSQL, for other viewers. */
  json: unknown
}

export interface ProcessState extends PanelProcess {
  isConnected: boolean
  /** Traces that the process dropped because the panel took them too slowly. */
  dropped: number
}

export interface PanelStatus {
  version: string
  /** ISO 8601 */
  startedAt: string
  processes: readonly ProcessState[]
  /** The number of the newest request. */
  newest: number
  requests: number
  /** How many of the requests sent no query. Absent when that is not counted. */
  withoutQueries?: number
  traces: number
  bytes: number
  /** Requests, traces and findings that were displaced by newer ones, and traces that never arrived or could not be read. */
  dropped: { requests: number; traces: number; findings: number; unsent: number; unreadable: number }
  /** Whether plans can be asked for, and why not. */
  explains: boolean
}

/** An answer that may be missing, with a sentence that says what to do instead. */
export class PanelError extends Error {
  override readonly name = 'PanelError'
}

/**
 * Each method rejects with a PanelError when what it is asked for does not exist (any more) or cannot be done. The message
 * says what to do instead.
 */
export interface PanelApi {
  status(): Promise<PanelStatus>
  /** Worst first. */
  findings(): Promise<readonly FindingRow[]>
  finding(key: string): Promise<FindingRow>
  requests(filter?: RequestFilter): Promise<readonly RequestRow[]>
  request(id: string): Promise<RequestDetail>
  routes(): Promise<readonly RouteSummary[]>
  /** Resolves with the first request after `after` that matches, or with undefined when time is up. */
  awaitRequest(filter: RequestFilter & { after: number; timeoutMs: number }): Promise<RequestRow | undefined>
  /**
   * Asks for full capture of the next requests of the finding's route, and resolves with the state as soon as it is decided or
   * when time is up. Requests with a larger number than `since` are judged, also those that came before the call. Default: only
   * requests that come after the call.
   */
  verify(key: string, timeoutMs: number, since?: number): Promise<FindingStatus>
  compare(before: string, after: string): Promise<RequestComparison>
  /** `query` is the position in the trace. */
  explain(id: string, query: number): Promise<ExplainedQuery>
  pin(id: string, isPinned: boolean): Promise<void>
}
