// The findings of many traces, and the differences between two reports: plain data.
import type { DetectorDescription } from './detector.ts'
import type { Finding } from './finding.ts'
import type { Frame } from './query.ts'

/** Counts and times of all traces with one name. */
export interface RouteSummary {
  name: string
  traces: number
  queries: Spread
  durationMs: Spread
  databaseMs: Spread
}

/** Times of a finding's worst occurrence. */
export interface Measured {
  /** Milliseconds during which at least one of the finding's queries was running. */
  spentMs: number
}

export interface Spread {
  min: number
  median: number
  max: number
}

/** Counts of everything that was left out to stay within the limits. */
export interface Cut {
  /** Queries that were counted but not kept. */
  queries: number
  /** Traces that were only counted, because they sent what their route always sends. */
  counted?: number
  /** Traces that were not examined, because only a sample is. */
  unsampled?: number
  /** Traces that were closed early because too many were open. */
  traces: number
  /** Traces that do not appear under their name, because too many different names were known. */
  routes: number
  /** Occurrences of findings that were dropped because too many different findings were known. */
  findings?: number
  /** Results of which only some rows were kept to follow their values. */
  results?: number
  /** Statements of which only the beginning was kept. */
  statements?: number
  /** Queries with a parameter that was too large to keep. */
  values?: number
  /**
   * Traces that are missing in the trace file, because they came faster than they could be written or because writing failed.
   */
  unrecorded: number
  /** Observations that were dropped because too many statements had to be compared across traces. */
  observations: number
  /** Queries outside any trace, or in a trace that had ended. */
  untraced: number
  /** Errors of pg-loupe itself. */
  internalErrors: number
}

/**
 * The effect of a suppression.
 * - `used`: it suppressed findings.
 * - `unused`: the code it covers ran, but no finding matched.
 * - `unseen`: the code it covers did not run, so whether it is still needed is unknown.
 * - `expired`: its last day is over, so it suppresses nothing.
 * - `invalid`: it is a comment without a reason, so it suppresses nothing.
 */
export type SuppressionState = 'used' | 'unused' | 'unseen' | 'expired' | 'invalid'

/** An entry of the option `suppress`, a call of `ignore` or a comment, with its effect. */
export interface Suppression {
  by: 'suppress' | 'ignore' | 'comment'
  reason: string
  /** Ids of detectors. Absent when the suppression is for all detectors. */
  detectors?: readonly string[] | undefined
  /** The patterns of an entry of `suppress`. */
  route?: string | undefined
  path?: string | undefined
  /** Fingerprint of the statement. */
  fingerprint?: string | undefined
  until?: string | undefined
  state: SuppressionState
  /** Number of different findings that were suppressed, or would be if the suppression were not expired or invalid. */
  findings: number
  /** The line of a query inside the block, or of the query with the comment. */
  at?: Frame | undefined
}

/** The findings of many traces, merged and sorted, worst first. */
export interface Report {
  v: 1
  tool: { name: 'pg-loupe'; version: string }
  traces: number
  queries: number
  findings: readonly Finding[]
  routes: readonly RouteSummary[]
  /** Measured times, by the finding's key. They differ from run to run and are therefore kept apart from the findings. */
  measured: Readonly<Record<string, Measured>>
  /** Number of different findings that were suppressed. */
  suppressed: number
  /** All suppressions, in the order of the places where they are written. */
  suppressions: readonly Suppression[]
  cut: Cut
  /** The detectors of the user. Absent when there are none. */
  rules?: readonly DetectorDescription[]
}

/** The differences between two reports, by the keys of their findings. Plain data. */
export interface Comparison {
  v: 1
  new: readonly Finding[]
  grown: readonly GrownFinding[]
  fixed: readonly Finding[]
  /** Findings that are gone, but whose route did not run: whether they are fixed is unknown. */
  unseen: readonly Finding[]
  /** Number of findings that did not change or became smaller. */
  known: number
  /** Numbers of suppressed findings. A finding that is suppressed only in the second report is among the fixed ones. */
  suppressed: { before: number; after: number }
  routes: readonly ComparedRoute[]
}

/** A finding whose worst occurrence sends more queries than before. */
export interface GrownFinding {
  finding: Finding
  before: number
  after: number
}

/** Queries of one visit of a route. Absent when the route did not run. */
export interface ComparedRoute {
  name: string
  before?: Spread
  after?: Spread
}

/** How a baseline judges a report's findings, by their keys. A finding in none of these is new. */
export interface BaselineStates {
  /** Name of the baseline file. */
  baseline: string
  /** Accepted findings with their budget of queries. */
  accepted: ReadonlyMap<string, number>
  /** Findings above their budget: the accepted number of queries, and the present one. */
  grown: ReadonlyMap<string, { before: number; after: number }>
  /** Findings that are neither accepted nor refused, because they depend on measured times. */
  unjudged: ReadonlySet<string>
}
