// Asking, waiting and asking again is waiting for a change, not a loop over rows.
import type { Query } from '../types.ts'

/** Between the turns of a loop there is some work of the application; nobody's rows take this long. */
const PAUSE_MS = 200

/** Each query starts a while after the one before was answered. Unknown times are no pause. */
export function isPolling(queries: readonly Query[]): boolean {
  return queries.slice(1).every(({ startMs = 0 }, i) => {
    const { startMs: before = 0, waitMs = 0, durationMs = 0 } = queries[i] as Query
    return startMs - before - waitMs - durationMs >= PAUSE_MS
  })
}
