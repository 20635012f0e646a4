// The interface of detectors: pure functions from traces to findings.
import type { Finding, Severity } from './finding.ts'
import type { Trace } from './trace.ts'

/** What the catalog and the statement analysis know. May be absent: a detector then says less, never wrong things. */
export type Knowledge = Readonly<Record<string, never>>

/** The detectors there are. */
export type DetectorId =
  | 'n-plus-one'
  | 'n-plus-one-write'
  | 'duplicate-query'
  | 'unread-columns'
  | 'unread-rows'
  | 'unbounded-select'
  | 'unbounded-array'
  | 'deep-offset'
  | 'slow-query'
  | 'query-budget'

/** Whole numbers, or whole numbers by name. */
export type DetectorOptions = Record<string, number | Readonly<Record<string, number>>>

export interface DetectorMeta<Options> {
  id: string
  title: string
  severity: Severity
  docsUrl: string
  defaults: Options
}

/** What one or more traces say about what only several of them can show. Plain data. */
export interface Observation {
  /** Observations of one key are about one thing and are merged. */
  key: string
}

/**
 * A pure function from a trace to findings. What takes several traces to know (a column that none of them read) is
 * observed in each, merged, and concluded at the end.
 */
export interface Detector<Options = DetectorOptions, Observed extends Observation = Observation> {
  meta: DetectorMeta<Options>
  detect(trace: Trace, options: Options, knowledge?: Knowledge): Finding[]
  observe?(trace: Trace, options: Options, knowledge?: Knowledge): Observed[]
  /** Two observations of one key as one: in whatever order many are merged, the result is the same, and no larger. */
  merge?(a: Observed, b: Observed): Observed
  conclude?(observations: readonly Observed[], options: Options, knowledge?: Knowledge): Finding[]
}
