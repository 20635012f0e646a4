// Runs the detectors over traces, one after the other, and makes one report of what they find.

import type { SuppressionRules } from '../suppression/suppressions.ts'
import { describeError } from '../text/describe-error.ts'
import type { DetectorOptions } from '../types/detector.ts'
import type { Cut, Report } from '../types/report.ts'
import type { Trace } from '../types/trace.ts'
import { analyzeTrace } from './analyze-trace.ts'
import type { KeptTraces } from './kept-traces.ts'
import { collectObservations } from './observations.ts'
import { ReportBuilder } from './report-builder.ts'

interface Analysis {
  /** The options of each detector that is switched on, by its id. */
  detectors: Readonly<Record<string, DetectorOptions | undefined>>
  /** Told of each trace on which a detector fails; it is counted, and the others are analysed. */
  problem: (message: string) => void
  /** What had been left out before; asked when all traces have been read. */
  cut: () => Partial<Omit<Cut, 'observations'>>
  /** What is to be left out of the report. */
  suppress: NonNullable<SuppressionRules['entries']>
  /** Takes the traces worth showing. */
  kept?: KeptTraces | undefined
}

export async function analyzeTraces(
  traces: Iterable<Trace> | AsyncIterable<Trace>,
  { detectors, problem, cut, suppress, kept }: Analysis,
): Promise<Report> {
  const builder = new ReportBuilder({
    entries: suppress,
    detectors: Object.keys(detectors).filter((id) => detectors[id] !== undefined),
    linesAreKnown: true,
  })
  const observations = collectObservations(detectors)
  for await (const trace of traces) {
    try {
      const findings = builder.add(trace, analyzeTrace(trace, detectors))
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
