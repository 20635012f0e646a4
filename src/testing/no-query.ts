// An assertion that saw no query proves nothing, so it fails, and says what is known of why.
import type { CapturedQueries } from './capture-queries.ts'
import type { Verdict } from './verdict.ts'

/** The verdict when nothing was seen; `undefined` when there is something to judge. */
export function judgeSilence(captured: CapturedQueries, assertion: string): Verdict | undefined {
  if (captured.count > 0) return undefined
  const message =
    `${assertion} saw no query, so it proves nothing. Is the pool profiled (profilePool), by this profiler? ` +
    'Does the code run in this process, called from the function given?'
  return { pass: false, message }
}
