// Traces in, one report out: the only place where the detectors, the suppressions, the observations over several traces and
// the folding of loops come together. The running application, the assertions, the test runners and the command all use it,
// so the same traces give the same findings everywhere.

import { withFrames } from '../finding-frames.ts'
import { describeError } from '../text/describe-error.ts'
import type { SelectedDetectors } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Cut, Report } from '../types/report.ts'
import type { Trace } from '../types/trace.ts'
import { analyzeTrace } from './analyze-trace.ts'
import { guardRules } from './guarded-detector.ts'
import type { KeptTraces } from './kept-traces.ts'
import { collectObservations, type Observations } from './observations.ts'
import { ReportBuilder, type ReportLimits, type ReportRules } from './report-builder.ts'

export interface AnalysisSettings {
  /** The detectors to run. Those of the user are guarded already. */
  detectors: SelectedDetectors
  /** Which findings are suppressed, and how the report names their lines. */
  rules?: Omit<ReportRules, 'detectors'>
  /** Default: the limits of the options. */
  limits?: ReportLimits
}

/** One trace that has been analyzed. */
export interface AnalyzedTrace {
  trace: Trace
  /** The findings of this trace as the report has them: without suppressed ones, and each loop as one finding. */
  findings: readonly Finding[]
  /** The report of this trace alone. It costs as much as the analysis, so it is made only where somebody asks for it. */
  report(): Report
}

export class Analysis {
  readonly #detectors: AnalysisSettings['detectors']
  readonly #rules: ReportRules
  readonly #limits: ReportLimits | undefined
  readonly #observations: Observations
  /** Holds what is counted beside the traces that are added here. */
  readonly builder: ReportBuilder

  constructor({ detectors, rules, limits }: AnalysisSettings) {
    this.#detectors = detectors
    this.#rules = { ...rules, detectors }
    this.#limits = limits
    this.#observations = collectObservations(detectors.active, limits?.findings)
    this.builder = new ReportBuilder(this.#rules, limits)
  }

  add(trace: Trace): AnalyzedTrace {
    const found = this.#renamed(analyzeTrace(trace, this.#detectors.active))
    const findings = this.builder.add(trace, found)
    const concluded = this.#renamed(this.#observations.add(trace))
    const report = () => {
      const { onWrongComment, ...rules } = this.#rules
      const single = new ReportBuilder(rules, this.#limits)
      single.add(trace, found)
      return single.build(concluded)
    }
    return { trace, findings, report }
  }

  report(): Report {
    const ignored = this.#observations
      .ignored()
      .map((one) => ({ ...one, finding: this.#rename(one.finding) }))
    return this.builder.build(this.#renamed(this.#observations.conclude()), this.#observations.cut, ignored)
  }

  #renamed(findings: readonly Finding[]): Finding[] {
    return findings.map((finding) => this.#rename(finding))
  }

  #rename(finding: Finding): Finding {
    const { frame } = this.#rules
    return frame ? withFrames(finding, frame) : finding
  }
}

interface Run extends AnalysisSettings {
  /**
   * Receives one sentence for each trace that cannot be analyzed, and one for each detector of the user that fails. Failures
   * are counted, and the analysis continues.
   */
  problem: (message: string) => void
  /** Returns what was left out before the traces came here. It is called after the last trace. */
  cut: () => Partial<Omit<Cut, 'observations'>>
  /** Takes the traces worth showing. */
  kept?: KeptTraces | undefined
}

/** Analyzes traces that were recorded or collected. */
export async function runAnalysis(
  traces: Iterable<Trace> | AsyncIterable<Trace>,
  { problem, cut, kept, ...settings }: Run,
): Promise<Report> {
  const detectors = guardRules(settings.detectors, (message) => {
    analysis.builder.countInternalError()
    if (message !== undefined) problem(message)
  })
  const analysis = new Analysis({ ...settings, detectors, rules: { ...settings.rules, linesAreKnown: true } })
  for await (const trace of traces) {
    try {
      const { findings } = analysis.add(trace)
      kept?.add(trace, findings)
    } catch (error) {
      analysis.builder.countInternalError()
      problem(`${trace.id} could not be analyzed: ${describeError(error)}`)
    }
  }
  analysis.builder.addCut(cut())
  return analysis.report()
}
