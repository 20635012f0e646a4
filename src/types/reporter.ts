// The interface of reporters, which turn a report into text, and of listeners, which receive the report of each trace.
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

/** Facts about a reporter that the code around it needs to know. */
export interface ReporterMeta {
  /** Name of the format. A built-in format is chosen by this name. */
  name: string
  /** Whether the format shows traces. Only then are `options.traces` and `options.occurrences` collected. */
  wantsTraces?: boolean
  /** Whether the format shows the changes since an earlier report. Only then is `options.comparison` given. */
  wantsComparison?: boolean
}

/** Renders a report as text in one format. Both functions are pure: they read nothing else and write nothing. */
export interface Reporter {
  meta: ReporterMeta
  render(report: Report, options?: ReporterOptions): string
  /** Renders the comparison of two reports. A format without it cannot be used by `pg-loupe diff`. */
  renderComparison?(comparison: Comparison, options?: ReporterOptions): string
}

/** Receives the report of each trace when it closes. */
export type ReportListener = (report: Report, trace: Trace) => void
