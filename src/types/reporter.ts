// The interface of formats: pure functions from a report to text.
import type { Occurrence } from './finding.ts'
import type { BaselineStates, Comparison, Report } from './report.ts'
import type { Trace } from './trace.ts'

export interface ReporterOptions {
  color?: boolean
  /** Paths below this folder are shown relative to it. */
  cwd?: string
  /** Folder of the repository. Formats for machines name paths relative to it. Default: `cwd`. */
  root?: string
  /** Milliseconds of one round trip on the production network, to estimate the cost of a finding there. Default: 1. */
  roundTripMs?: number
  /** Columns of the terminal, at which text is wrapped. Default: text is not wrapped. */
  width?: number
  /** Whether the terminal supports links (OSC 8). Default: no. */
  links?: boolean
  /**
   * Target of links to a line of source: the name of an editor or a template (see `editor-link.ts`). Default: to the file.
   */
  editor?: string
  /** The comparison with a baseline. Accepted findings are only counted. */
  states?: BaselineStates
  /** The differences from a base report, for formats that show them beside the findings (`html`). */
  comparison?: Comparison
  /** Traces to show beside the findings, for formats that can (`html`). */
  traces?: readonly Trace[]
  /** Occurrences in these traces that the report itself does not keep, by the finding's key. */
  occurrences?: Readonly<Record<string, readonly Occurrence[]>>
}

/** A pure function from a report to text. */
export type Reporter = (report: Report, options?: ReporterOptions) => string

/** Called with the report of each trace when the trace closes. */
export type ReportListener = (report: Report, trace: Trace) => void
