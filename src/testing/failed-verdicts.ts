// Records which findings a failed test has shown. A failing assertion knows its findings, but not whether the test fails
// because of it, since its error may be caught. A failing test knows its error, whose message contains that of the assertion.
import { collectFolder } from '../collect/collect-traces.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { shownFinding, writeShown } from './shown-in-failures.ts'
import type { Verdict } from './verdict.ts'

/**
 * Maximum number of failed assertions in tests that have not ended. Only a test that catches errors leaves entries behind.
 */
const MOST_PENDING = 100

/** Called with a verdict that fails an assertion. */
export function noteFailedVerdict({ message, shown = [] }: Verdict): void {
  if (shown.length === 0 || collectFolder() === undefined) return
  const { pending } = sharedState().failedVerdicts
  const [oldest] = pending.keys()
  if (pending.size >= MOST_PENDING && oldest !== undefined) pending.delete(oldest)
  pending.set(message, shown.map(shownFinding))
}

/** Called when a test has failed with an error that its runner prints. */
export function noteFailedTest(test: string, error: unknown): void {
  const state = sharedState().failedVerdicts
  if (state.pending.size === 0) return
  const { message } = (error ?? {}) as { message?: unknown }
  if (typeof message !== 'string') return
  // Runners add words of their own before the message of a matcher.
  const found = [...state.pending].find(([text]) => message.includes(text))
  if (!found) return
  const [text, shown] = found
  state.pending.delete(text)
  state.tests.add(test)
  state.file = writeShown({ test, shown }, state.file)
}

/** Called when a test has passed, possibly after it had failed. */
export function notePassedTest(test: string): void {
  const state = sharedState().failedVerdicts
  if (state.tests.delete(test)) state.file = writeShown({ test, shown: [] }, state.file)
}
