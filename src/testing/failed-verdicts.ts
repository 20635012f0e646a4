// Which findings a failed test has shown. An assertion that fails knows its findings, but not whether the test fails by it:
// its error may be caught. A test that fails knows its error, whose message holds that of the assertion.
import { collectFolder } from '../collect/collect-traces.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { shownFinding, writeShown } from './shown-findings.ts'
import type { Verdict } from './verdict.ts'

/** Of assertions that failed in tests that have not ended; only a test that catches errors leaves some behind. */
const MOST_PENDING = 100

/** To be called with a verdict that fails an assertion. */
export function noteFailedVerdict({ message, shown = [] }: Verdict): void {
  if (shown.length === 0 || collectFolder() === undefined) return
  const { pending } = sharedState().failedVerdicts
  const [oldest] = pending.keys()
  if (pending.size >= MOST_PENDING && oldest !== undefined) pending.delete(oldest)
  pending.set(message, shown.map(shownFinding))
}

/** To be called when a test has failed by an error that its runner prints. */
export function noteFailedTest(test: string, error: unknown): void {
  const state = sharedState().failedVerdicts
  if (state.pending.size === 0) return
  const { message } = (error ?? {}) as { message?: unknown }
  if (typeof message !== 'string') return
  // Runners put words of their own before the message of a matcher.
  const found = [...state.pending].find(([text]) => message.includes(text))
  if (!found) return
  const [text, shown] = found
  state.pending.delete(text)
  state.tests.add(test)
  state.file = writeShown({ test, shown }, state.file)
}

/** To be called when a test has passed, perhaps after it had failed. */
export function notePassedTest(test: string): void {
  const state = sharedState().failedVerdicts
  if (state.tests.delete(test)) state.file = writeShown({ test, shown: [] }, state.file)
}
