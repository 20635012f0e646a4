// Fails on a query for each row, reading or writing.
import { assertProfiler, defaultProfiler, type Profiler } from '../profiler.ts'
import { type CapturedQueries, capture } from './capture-queries.ts'
import { judgeFindings, requireDetectors } from './expect-no-findings.ts'
import { judgeSilence } from './no-query.ts'
import { failureAt } from './query-assertion-error.ts'
import { enforce, type Verdict } from './verdict.ts'

const NAME = 'expectNoNPlusOne'
/** Detectors of a query for each row. */
const LOOPS: readonly string[] = ['n-plus-one', 'n-plus-one-write']

/**
 * Runs `fn` and resolves with what it returned, unless it sent a query for each row, reading or writing.
 *
 * @throws QueryAssertionError that names each N+1, its line and its remedy, or says that no query was seen at all.
 *   Errors of `fn` are thrown as they are.
 */
export async function expectNoNPlusOne<T>(
  fn: () => T | PromiseLike<T>,
  profiler: Profiler = defaultProfiler(),
): Promise<T> {
  const fail = failureAt(expectNoNPlusOne)
  checkNoNPlusOne(profiler)
  const captured = await capture(NAME, fn, profiler)
  enforce(judgeNoNPlusOne(captured), captured.report, fail)
  return captured.result
}

/** @throws TypeError when `profiler` is none, or has switched the detectors off. */
export function checkNoNPlusOne(profiler: Profiler, caller = NAME): void {
  assertProfiler(profiler, caller)
  requireDetectors(LOOPS, profiler, caller)
}

export function judgeNoNPlusOne(captured: CapturedQueries, assertion = NAME): Verdict {
  const silence = judgeSilence(captured, assertion)
  if (silence) return silence
  const findings = captured.report.findings.filter(({ detector }) => LOOPS.includes(detector))
  return judgeFindings(findings, captured, ['N+1', 'N+1s'])
}
