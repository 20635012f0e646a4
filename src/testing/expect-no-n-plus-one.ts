// Fails on a query for each row, reading or writing.
import { record } from '../profiler/options.ts'
import { defaultProfiler, type Profiler } from '../profiler/profiler.ts'
import { type CapturedQueries, capture } from './capture-queries.ts'
import { checkAssertion, optionsAndProfiler } from './check-options.ts'
import { doubting, judgeFindings, requireDetectors } from './expect-no-findings.ts'
import { judgeSilence } from './no-query.ts'
import { failureAt } from './query-assertion-error.ts'
import { LOOPS } from './unproven-loops.ts'
import { enforce, type Inconclusive, inconclusiveOption, type Verdict } from './verdict.ts'

export interface NoNPlusOneOptions {
  /**
   * What to do when a loop could not have shown, because there was one row or none to loop over, or a request of the
   * function cannot be tied to it. Default `warn`.
   */
  inconclusive?: Inconclusive
}

const NAME = 'expectNoNPlusOne'

/**
 * Runs `fn` and resolves with what it returned, unless it sent a query for each row, reading or writing.
 *
 * @throws QueryAssertionError that names each N+1, its line and its remedy, or says that no query was seen at all.
 *   Errors of `fn` are thrown as they are.
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

/** @throws TypeError when an option is wrong, or the profiler has switched the detectors off. */
export function checkNoNPlusOne(
  options: NoNPlusOneOptions,
  profiler: Profiler = defaultProfiler(),
  caller = NAME,
): void {
  checkAssertion(caller, record({ inconclusive: inconclusiveOption() }), options, profiler)
  requireDetectors(LOOPS, profiler, caller)
}

export function judgeNoNPlusOne(captured: CapturedQueries, assertion = NAME): Verdict {
  const silence = judgeSilence(captured, assertion)
  if (silence) return silence
  const findings = captured.report.findings.filter(({ detector }) => LOOPS.includes(detector))
  return doubting(judgeFindings(findings, captured, ['N+1', 'N+1s']), captured, assertion)
}
