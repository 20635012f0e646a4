// The interface of detectors: pure functions from traces to findings.
import type { Finding, Severity } from './finding.ts'
import type { Trace } from './trace.ts'

/** What the catalog and the statement analysis know. May be absent: a detector then says less, never wrong things. */
export type Knowledge = Readonly<Record<string, never>>

/** Ids of the detectors in this package. */
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

/**
 * The values of a detector's options: integers, or objects whose values are integers (for example a budget by route name).
 */
export type DetectorOptions = Record<string, number | Readonly<Record<string, number>>>

export interface DetectorMeta<Options> {
  id: string
  title: string
  severity: Severity
  docsUrl: string
  defaults: Options
}

/** The part of one trace that is needed for a finding that only several traces together can prove. Plain data. */
export interface Observation {
  /** Observations with equal keys describe the same subject and are merged. */
  key: string
}

/**
 * A pure function from a trace to findings. A finding that needs several traces (for example a column that none of them read)
 * takes three steps: `observe` each trace, `merge` observations with equal keys, and `conclude` at the end.
 */
export interface Detector<Options = DetectorOptions, Observed extends Observation = Observation> {
  meta: DetectorMeta<Options>
  detect(trace: Trace, options: Options, knowledge?: Knowledge): Finding[]
  observe?(trace: Trace, options: Options, knowledge?: Knowledge): Observed[]
  /**
   * Merges two observations with equal keys. The result must not depend on the order of merging, and must not be larger than
   * the larger of the two.
   */
  merge?(a: Observed, b: Observed): Observed
  conclude?(observations: readonly Observed[], options: Options, knowledge?: Knowledge): Finding[]
}
