import type { CrossTraceDetector, DetectorOptions, Observation, TraceDetector } from '../types/detector.ts'

/** Returns the detector that it gets. It infers the types of the id and of the options from `meta`. */
export function defineDetector<const Id extends string, Options extends DetectorOptions>(
  detector: TraceDetector<Options, Id>,
): TraceDetector<Options, Id>
export function defineDetector<
  const Id extends string,
  Options extends DetectorOptions,
  Observed extends Observation,
>(detector: CrossTraceDetector<Options, Observed, Id>): CrossTraceDetector<Options, Observed, Id>
export function defineDetector<Detector>(detector: Detector): Detector {
  return detector
}
