// Runs the detectors over one trace: the same in the running application, in a test and from the command line.
import { detectors } from '../detectors/index.ts'
import type { Finding, Trace } from '../types.ts'

/** `options` holds the options of each detector that is switched on, by its id. */
export function analyzeTrace(
  trace: Trace,
  options: Readonly<Record<string, Record<string, number> | undefined>>,
): Finding[] {
  return detectors.flatMap((detector) => {
    const own = options[detector.meta.id]
    return own ? detector.detect(trace, own) : []
  })
}
