// Fails when a query, reading or writing, is sent for each row.
import { defaultProfiler } from '../profiler/default-profiler.ts'
import { record } from '../profiler/option-shapes.ts'
import type { Profiler } from '../profiler/profiler.ts'
import { type CapturedQueries, capture } from './capture-queries.ts'
import { checkAssertion, optionsAndProfiler } from './check-options.ts'
import { enforce } from './enforce-verdict.ts'
import { doubting, judgeFindings, requireDetectors } from './expect-no-findings.ts'
import { judgeSilence } from './no-query.ts'
import { failureAt } from './query-assertion-error.ts'
import { type Inconclusive, inconclusiveOption, type Verdict } from './verdict.ts'
import { isLoopFinding, LOOP_DETECTORS } from './why-inconclusive.ts'

export interface NoNPlusOneOptions {
  /**
   * The reaction when a loop could not have been recognised because there was at most one row to loop over, or when a request
   * cannot be assigned to the function. Default: `warn`.
   */
  inconclusive?: Inconclusive
}

const NAME = 'expectNoNPlusOne'

/**
 * Runs `fn` and resolves with its result, unless it sent a query, reading or writing, for each row.
 *
 * @throws QueryAssertionError that names each N+1 with its line and remedy, or says that no query was seen. Errors of `fn`
 * are passed through unchanged.
 */
export async function expectNoNPlusOne<T>(fn: () => T | PromiseLike<T>, profiler?: Profiler): Promise<T>
export async function expectNoNPlusOne<T>(
  fn: () => T | PromiseLike<T>,
  options?: NoNPlusOneOptions,
  profiler?: Profiler,
): Promise<T>
export async function expectNoNPlusOne<T>(
  fn: () => T | PromiseLike<T>,
  first?: NoNPlusOneOptions | Profiler,
  second?: Profiler,
): Promise<T> {
  const fail = failureAt(expectNoNPlusOne)
  const [options, profiler] = optionsAndProfiler(first, second)
  checkNoNPlusOne(options, profiler)
  const captured = await capture(NAME, fn, profiler)
  enforce(judgeNoNPlusOne(captured), captured.report, fail, options.inconclusive)
  return captured.result
}

/** @throws TypeError when an option is wrong, or when the profiler has switched the detectors off. */
export function checkNoNPlusOne(
  options: NoNPlusOneOptions,
  profiler: Profiler = defaultProfiler(),
  caller = NAME,
): void {
  checkAssertion(caller, record({ inconclusive: inconclusiveOption() }), options, profiler)
  requireDetectors(LOOP_DETECTORS, profiler, caller)
}

export function judgeNoNPlusOne(captured: CapturedQueries, assertion = NAME): Verdict {
  const silence = judgeSilence(captured, assertion)
  if (silence) return silence
  const findings = captured.report.findings.filter((finding) => isLoopFinding(captured.report, finding))
  return doubting(judgeFindings(findings, captured, ['N+1', 'N+1s']), captured, assertion)
}
