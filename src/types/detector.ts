// The interface of detectors. A detector is a pure function from traces to findings: it does no I/O and keeps no state.
// Most detectors look at one trace. Some facts need several traces, for example a column that no request reads.
import type { Finding, Severity } from './finding.ts'
import type { Trace } from './trace.ts'

/** The ids of the detectors of this package. Users add further ones by the option `detectors.rules`. */
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

/** The id of a detector of this package, which editors complete, or of a detector that a user added. */
export type AnyDetectorId = DetectorId | (string & {})

/** Each option is a whole number, or a record of whole numbers by name. */
export type DetectorOptions = Record<string, number | Readonly<Record<string, number>>>

/**
 * Properties of a detector for formats, gates and the grouping of findings. A report contains them for detectors of the user.
 */
export interface DetectorDescription<Id extends string = string> {
  /** Lower-case words joined by hyphens. Options, suppressions and reports use this name. */
  readonly id: Id
  readonly title: string
  /** The usual severity of its findings. Each finding has a severity of its own. */
  readonly severity: Severity
  /** One or two sentences about the findings of the detector. */
  readonly description?: string
  /** The address of its page. Formats link to it when it begins with `https://` or `http://`. */
  readonly url?: string
  /** The text of its page in Markdown. SARIF carries it along. */
  readonly page?: string
  /**
   * True when measured times decide what is found, so that two runs of the same code may differ. Baselines, comparisons,
   * gates and `expectNoFindings` leave such findings out. Queries that take longer than the option `maxMs` are captured
   * even when their route is known.
   */
  readonly isMeasured?: boolean
  /**
   * True when each finding is one repeated statement of a loop and has it in `statements`. Statements of one loop are
   * joined into one finding.
   */
  readonly isLoop?: boolean
  /** True when a finding counts all queries of a trace. Findings that explain the excess are shown before it. */
  readonly isBudget?: boolean
}

export interface DetectorMeta<Options = DetectorOptions, Id extends string = string>
  extends DetectorDescription<Id> {
  /** The options with their default values. Users set them by `detectors: { '<id>': { … } }`. */
  readonly defaults: Options
}

/** Finds patterns that one trace shows. */
export interface TraceDetector<Options = DetectorOptions, Id extends string = string> {
  readonly meta: DetectorMeta<Options, Id>
  detect(trace: Trace, options: Options): readonly Finding[]
}

/** Plain data about something that only several traces can show. */
export interface Observation {
  /** Observations with the same key are about the same thing and are merged. */
  key: string
}

/** Finds patterns that only several traces show: it observes each trace, merges observations, and concludes at the end. */
export interface CrossTraceDetector<
  Options = DetectorOptions,
  Observed extends Observation = Observation,
  Id extends string = string,
> {
  readonly meta: DetectorMeta<Options, Id>
  observe(trace: Trace, options: Options): readonly Observed[]
  /** Merges two observations of one key. The result does not depend on the order of merging, and it must not grow. */
  merge(a: Observed, b: Observed): Observed
  conclude(observations: readonly Observed[], options: Options): readonly Finding[]
}

export type Detector<
  Options = DetectorOptions,
  Observed extends Observation = Observation,
  Id extends string = string,
> = TraceDetector<Options, Id> | CrossTraceDetector<Options, Observed, Id>

/** A detector that is switched on. Its options are complete. */
export interface ActiveDetector {
  readonly detector: Detector
  readonly options: DetectorOptions
}

/** The detectors of one profiler or of one run of the command. */
export interface SelectedDetectors {
  /** The detectors of the user, including those that are switched off. */
  readonly rules: readonly Detector[]
  /** The detectors that are switched on. */
  readonly active: readonly ActiveDetector[]
}
