// The verdict of an assertion about captured queries, before anything is thrown. Matchers of test runners use it directly.
import * as v from 'valibot'
import type { Finding } from '../types/finding.ts'

export interface Verdict {
  pass: boolean
  /** The reason for the failure. For a pass: the text that a runner prints when the opposite was expected. */
  message: string
  actual?: unknown
  expected?: unknown
  /** The findings in the message, one entry for each time they were found. */
  shown?: readonly Finding[]
  /** Present when the assertion passed but would also have passed with the mistake. Contains the reason. */
  inconclusive?: string
}

/** The reaction to a pass that proves nothing: fail, warn (`process.emitWarning`), or say nothing. */
export type Inconclusive = 'fail' | 'warn' | 'ignore'

const CHOICES: readonly Inconclusive[] = ['fail', 'warn', 'ignore']

/** Applies the option `inconclusive` to the verdict. Emits the warning. */
export function settle(verdict: Verdict, inconclusive: Inconclusive = 'warn'): Verdict {
  if (!verdict.pass || verdict.inconclusive === undefined || inconclusive === 'ignore') return verdict
  if (inconclusive === 'fail') {
    return { pass: false, message: verdict.inconclusive, inconclusive: verdict.inconclusive }
  }
  process.emitWarning(`pg-loupe: ${verdict.inconclusive}`, 'InconclusiveAssertion')
  return verdict
}

/** Adds a doubt to a passing verdict. */
export function withDoubt(verdict: Verdict, inconclusive: string | undefined): Verdict {
  return verdict.pass && inconclusive !== undefined ? { ...verdict, inconclusive } : verdict
}

export const inconclusiveOption = () => v.optional(v.picklist(CHOICES, `one of ${CHOICES.join(', ')}`))
