// Fails on any finding. Slow queries do not count unless requested, because a slow machine is not a defect of the code.
import * as v from 'valibot'
import { describeDetector } from '../detectors/describe-detector.ts'
import { defaultProfiler } from '../profiler/default-profiler.ts'
import { knownDetectorIds } from '../profiler/known-detectors.ts'
import { record } from '../profiler/option-shapes.ts'
import type { Profiler } from '../profiler/profiler.ts'
import { coreOf } from '../profiler/profiler-core.ts'
import type { AnyDetectorId } from '../types/detector.ts'
import type { Finding, Severity } from '../types/finding.ts'
import { isAtLeast, SEVERITIES } from '../worst-first.ts'
import { type CapturedQueries, capture, circumstancesOf } from './capture-queries.ts'
import { checkAssertion, optionsAndProfiler } from './check-options.ts'
import { enforce } from './enforce-verdict.ts'
import { listFindings } from './failure-text.ts'
import { judgeSilence, whyIncomplete } from './no-query.ts'
import { failureAt } from './query-assertion-error.ts'
import { type Inconclusive, inconclusiveOption, type Verdict, withDoubt } from './verdict.ts'
import { LOOP_DETECTORS, whyInconclusive } from './why-inconclusive.ts'

export interface NoFindingsOptions {
  /** Ids of the detectors that count. Default: all that the profiler has switched on, except those that depend on measured times (`slow-query`). */
  detectors?: readonly AnyDetectorId[]
  /** Minimum severity that counts. Default: `warning`; findings with severity `info` are only in the report. */
  minSeverity?: Severity
  /**
   * The reaction when a loop could not have been recognised because there was at most one row to loop over, or when a request
   * cannot be assigned to the function. Default: `warn`.
   */
  inconclusive?: Inconclusive
}

const NAME = 'expectNoFindings'

/**
 * Runs `fn` and resolves with its result, unless its queries have findings.
 *
 * @throws QueryAssertionError that shows each finding with its line and remedy, or says that no query was seen. TypeError
 * when an option is wrong. Errors of `fn` are passed through unchanged.
 */
export async function expectNoFindings<T>(fn: () => T | PromiseLike<T>, profiler?: Profiler): Promise<T>
export async function expectNoFindings<T>(
  fn: () => T | PromiseLike<T>,
  options?: NoFindingsOptions,
  profiler?: Profiler,
): Promise<T>
export async function expectNoFindings<T>(
  fn: () => T | PromiseLike<T>,
  first?: NoFindingsOptions | Profiler,
  second?: Profiler,
): Promise<T> {
  const fail = failureAt(expectNoFindings)
  const [options, profiler] = optionsAndProfiler(first, second)
  checkNoFindings(options, profiler)
  const captured = await capture(NAME, fn, profiler)
  enforce(judgeNoFindings(captured, options), captured.report, fail, options.inconclusive)
  return captured.result
}

/** @throws TypeError when an option is wrong, or names a detector that the profiler has switched off. */
export function checkNoFindings(
  options: NoFindingsOptions,
  profiler: Profiler = defaultProfiler(),
  caller = NAME,
): void {
  const { detectors = [] } = checkAssertion(caller, noFindingsOptions(), options, profiler)
  requireDetectors(detectors, profiler, caller)
}

/** The absence of findings proves nothing when the detector is switched off. */
export function requireDetectors(ids: readonly string[], profiler: Profiler, caller: string): void {
  const { detectors } = coreOf(profiler)
  const off = ids.filter((id) => !detectors.includes(id))
  if (off.length === 0) return
  throw new TypeError(
    `pg-loupe: ${caller} needs the detector ${off.join(', ')}, which this profiler has switched off (option detectors)`,
  )
}

export function judgeNoFindings(
  captured: CapturedQueries,
  { detectors, minSeverity = 'warning' }: NoFindingsOptions = {},
  assertion = NAME,
): Verdict {
  const silence = judgeSilence(captured, assertion)
  if (silence) return silence
  const findings = captured.report.findings.filter(
    ({ detector, severity }) =>
      (detectors ? detectors.includes(detector) : !describeDetector(captured.report, detector)?.isMeasured) &&
      isAtLeast(severity, minSeverity),
  )
  const verdict = judgeFindings(findings, captured, ['finding', 'findings'])
  const looksForLoops = !detectors || detectors.some((id) => LOOP_DETECTORS.includes(id))
  return looksForLoops
    ? doubting(verdict, captured, assertion)
    : withDoubt(verdict, whyIncomplete(captured, assertion))
}

/** The verdict of an assertion against loops, with the reason why a loop may have remained hidden. */
export function doubting(verdict: Verdict, captured: CapturedQueries, assertion: string): Verdict {
  const loops = circumstancesOf(captured)?.loops ?? []
  return withDoubt(verdict, whyIncomplete(captured, assertion) ?? whyInconclusive(captured, loops, assertion))
}

/** `noun` is the word for one finding and for several. */
export function judgeFindings(
  findings: readonly Finding[],
  { count, report }: CapturedQueries,
  [one, several]: readonly [one: string, several: string],
): Verdict {
  const queries = `${count} ${count === 1 ? 'query' : 'queries'}`
  if (findings.length === 0)
    return { pass: true, message: `expected ${several}, but found none in ${queries}` }
  const found = findings.length === 1 ? `1 ${one}` : `${findings.length} ${several}`
  const message = `expected no ${one}, but found ${found} in ${queries}:\n\n${listFindings(findings, report)}`
  return { pass: false, message, shown: findings }
}

const noFindingsOptions = () => {
  const ids = knownDetectorIds()
  const takes = `an array with some of ${ids.join(', ')}`
  return record({
    detectors: v.optional(v.pipe(v.array(v.picklist(ids, takes), takes), v.minLength(1, takes))),
    minSeverity: v.optional(v.picklist(SEVERITIES, `one of ${SEVERITIES.join(', ')}`)),
    inconclusive: inconclusiveOption(),
  })
}
