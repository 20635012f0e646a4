// The detectors that calls without a profiler of their own may name, such as `ignore`.
import { detectors } from '../detectors/index.ts'
import { idsOf } from './detector-options.ts'
import { sharedState } from './shared-state.ts'

/** The ids of the detectors of this package, and of the users' detectors of all profilers in this process. */
export function knownDetectorIds(): string[] {
  return [...idsOf(detectors), ...sharedState().ruleIds]
}
