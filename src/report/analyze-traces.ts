// Runs the detectors over traces, one after the other, and makes one report of what they find.
import { describeError } from '../describe-error.ts'
import type { SuppressionRules } from '../suppression/suppressions.ts'
import type { Cut, DetectorOptions, Report, Trace } from '../types.ts'
import { analyzeTrace } from './analyze-trace.ts'
import type { KeptTraces } from './kept-traces.ts'
import { collectObservations } from './observations.ts'
import { ReportBuilder } from './report-builder.ts'

/**
 * `options` holds the options of each detector that is switched on, by its id; `cut` is what had been left out before,
 * `entries` what is to be left out of the report; `kept` takes the traces worth showing. A trace on which a detector fails
 * is told to `problem` and counted, and the others are analysed.
 */
export async function analyzeTraces(
  traces: Iterable<Trace> | AsyncIterable<Trace>,
  options: Readonly<Record<string, DetectorOptions | undefined>>,
  problem: (message: string) => void,
  cut: () => Partial<Omit<Cut, 'observations'>> = () => ({}),
  entries: SuppressionRules['entries'] = [],
  kept?: KeptTraces,
): Promise<Report> {
  const builder = new ReportBuilder({
    entries,
    detectors: Object.keys(options).filter((id) => options[id] !== undefined),
    linesAreKnown: true,
  })
  const observations = collectObservations(options)
  for await (const trace of traces) {
    try {
      const findings = builder.add(trace, analyzeTrace(trace, options))
      observations.add(trace)
      kept?.add(trace, findings)
    } catch (error) {
      builder.countInternalError()
      problem(`${trace.id} could not be analyzed: ${describeError(error)}`)
    }
  }
  builder.addCut(cut())
  return builder.build(observations.conclude(), observations.cut, observations.ignored())
}
