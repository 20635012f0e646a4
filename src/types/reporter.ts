// The interface of formats: pure functions from a report to text.
import type { Occurrence } from './finding.ts'
import type { BaselineStates, Comparison, Report } from './report.ts'
import type { Trace } from './trace.ts'

export interface ReporterOptions {
  color?: boolean
  /** Paths below this folder are shown relative to it. */
  cwd?: string
  /** The repository's folder: formats that machines read name paths relative to it. Default: `cwd`. */
  root?: string
  /** What a round trip takes on the network of production, for what a finding would cost there. Default 1. */
  roundTripMs?: number
  /** Columns of the terminal, where text is wrapped. Default: it is not. */
  width?: number
  /** Whether the terminal has links (OSC 8). Default: no. */
  links?: boolean
  /** Where links to a line lead: the name of an editor or a template (`editor-link.ts`). Default: to the file. */
  editor?: string
  /** The findings are held against a baseline: what is accepted is only counted. */
  states?: BaselineStates
  /** What has changed since a base report, by formats that can show it beside the findings (`html`). */
  comparison?: Comparison
  /** Traces to show beside the findings, by formats that can (`html`). */
  traces?: readonly Trace[]
  /** Occurrences in these traces that the report does not keep, by the finding's key. */
  occurrences?: Readonly<Record<string, readonly Occurrence[]>>
}

/** A pure function from a report to text. */
export type Reporter = (report: Report, options?: ReporterOptions) => string

/** Listens to the report of each trace as it closes. */
export type ReportListener = (report: Report, trace: Trace) => void
