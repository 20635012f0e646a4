// What an assertion says of captured queries, before anything is thrown: matchers of test runners read it as it is.
import * as v from 'valibot'
import type { Finding } from '../types/finding.ts'
import type { Report } from '../types/report.ts'
import { noteFailedVerdict } from './failed-verdicts.ts'
import type { Fail } from './query-assertion-error.ts'

export interface Verdict {
  pass: boolean
  /** Why it failed; where it passed, what a runner says when the opposite was expected. */
  message: string
  actual?: unknown
  expected?: unknown
  /** The findings that the message shows, as often as they were found. */
  shown?: readonly Finding[]
  /** It passed, but would have passed with the mistake as well: why. */
  inconclusive?: string
}

/** What to do with what passed without proving anything: fail, warn (`process.emitWarning`), or say nothing. */
export type Inconclusive = 'fail' | 'warn' | 'ignore'

const CHOICES: readonly Inconclusive[] = ['fail', 'warn', 'ignore']

/** @throws QueryAssertionError unless the verdict is good, or good enough. */
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

/** The verdict when that is taken into account; a warning is given here. */
export function settle(verdict: Verdict, inconclusive: Inconclusive = 'warn'): Verdict {
  if (!verdict.pass || verdict.inconclusive === undefined || inconclusive === 'ignore') return verdict
  if (inconclusive === 'fail') {
    return { pass: false, message: verdict.inconclusive, inconclusive: verdict.inconclusive }
  }
  process.emitWarning(`pg-loupe: ${verdict.inconclusive}`, 'InconclusiveAssertion')
  return verdict
}

/** The same verdict with a doubt, where there is one. What failed needs none. */
export function withDoubt(verdict: Verdict, inconclusive: string | undefined): Verdict {
  return verdict.pass && inconclusive !== undefined ? { ...verdict, inconclusive } : verdict
}

export const inconclusiveOption = () => v.optional(v.picklist(CHOICES, `one of ${CHOICES.join(', ')}`))
