// Throws the error of a verdict that fails.
import type { Report } from '../types/report.ts'
import { noteFailedVerdict } from './failed-verdicts.ts'
import type { Fail } from './query-assertion-error.ts'
import { type Inconclusive, settle, type Verdict } from './verdict.ts'

/** @throws QueryAssertionError unless the verdict passes and is conclusive enough. */
export function enforce(
  verdict: Verdict,
  report: Report,
  fail: Fail,
  inconclusive: Inconclusive = 'warn',
): void {
  const settled = settle(verdict, inconclusive)
  if (settled.pass) return
  noteFailedVerdict(settled)
  throw fail(settled, report)
}
