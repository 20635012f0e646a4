// The findings of many traces, and what has changed from one report to another: plain data.
import type { Finding } from './finding.ts'
import type { Frame } from './query.ts'

/** Counts and times of all traces of one name. */
export interface RouteSummary {
  name: string
  traces: number
  queries: Spread
  durationMs: Spread
  databaseMs: Spread
}

/** Times of a finding's worst occurrence. */
export interface Measured {
  /** In which at least one of its queries was under way. */
  spentMs: number
}

export interface Spread {
  min: number
  median: number
  max: number
}

/** What had to be left out to stay within the limits. */
export interface Cut {
  /** Queries counted but not kept. */
  queries: number
  /** Traces that were only counted, because they sent what was known of their route. */
  counted?: number
  /** Traces that were not looked at, because only some are. */
  unsampled?: number
  /** Traces closed early because too many were open. */
  traces: number
  /** Traces whose name was one too many to be kept as a route. */
  routes: number
  /** Findings, as often as they came, of keys that were too many to be kept. */
  findings?: number
  /** Results of which not all rows were kept to follow their values. */
  results?: number
  /** Statements of which only the start was kept. */
  statements?: number
  /** Queries of which a parameter was too large to be kept. */
  values?: number
  /** Traces that the trace file does not hold: they came faster than they could be written, or it failed. */
  unrecorded: number
  /** Observations of statements that were too many to be compared over several traces. */
  observations: number
  /** Queries outside any trace, or in a trace that had ended. */
  untraced: number
  /** Errors of pg-loupe itself. */
  internalErrors: number
}

/**
 * What became of a reason to leave findings out. `used`: it left some out. `unused`: what it speaks of was there, and there
 * was nothing to leave out. `unseen`: what it speaks of did not come up, so nothing is known. `expired`: its last day is
 * over, and `invalid`: a comment without a reason; both leave out nothing.
 */
export type SuppressionState = 'used' | 'unused' | 'unseen' | 'expired' | 'invalid'

/** An entry of the option `suppress`, a call of `ignore` or a comment, with what it did. */
export interface Suppression {
  by: 'suppress' | 'ignore' | 'comment'
  reason: string
  /** Absent: all. */
  detectors?: readonly string[] | undefined
  /** Patterns of an entry of `suppress`. */
  route?: string | undefined
  path?: string | undefined
  /** The statement's. */
  fingerprint?: string | undefined
  until?: string | undefined
  state: SuppressionState
  /** Different findings that it left out, or would have if it were not expired or invalid. */
  findings: number
  /** The line of a query inside the block, or with the comment. */
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
  /** What was measured, by the finding's key: it differs from run to run, so it stands beside the findings. */
  measured: Readonly<Record<string, Measured>>
  /** Different findings that were left out because somebody gave a reason. */
  suppressed: number
  /** The reasons given, by where they are written and in their order. */
  suppressions: readonly Suppression[]
  cut: Cut
}

/** What changed from one report to another, by the keys of their findings. Plain data. */
export interface Comparison {
  v: 1
  new: readonly Finding[]
  grown: readonly GrownFinding[]
  fixed: readonly Finding[]
  /** Not found any more, but their route did not run either: nothing is known of them. */
  unseen: readonly Finding[]
  /** How many are as they were, or smaller. */
  known: number
  /** Findings left out for a reason: what has come to be left out stands among the fixed. */
  suppressed: { before: number; after: number }
  routes: readonly ComparedRoute[]
}

/** Numbers of queries of its worst occurrence. */
export interface GrownFinding {
  finding: Finding
  before: number
  after: number
}

/** Queries of one visit; absent where the route did not run. */
export interface ComparedRoute {
  name: string
  before?: Spread
  after?: Spread
}

/** What a baseline says of a report's findings, by their keys. What is in none of these is new. */
export interface BaselineStates {
  /** The file's name. */
  baseline: string
  /** With the queries that they may have. */
  accepted: ReadonlyMap<string, number>
  /** With the queries that were accepted, and those that they have now. */
  grown: ReadonlyMap<string, { before: number; after: number }>
  /** Neither accepted nor refused, because times decide about them. */
  unjudged: ReadonlySet<string>
}
