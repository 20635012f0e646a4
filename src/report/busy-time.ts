// The time that queries took together: those that run at once are not counted twice, and waiting for a connection is no
// time of the database.
import type { Query } from '../types/query.ts'

/** Milliseconds during which at least one of the queries was running. The queries are in the order in which they started. */
export function busyMs(queries: readonly Query[]): number {
  let busy = 0
  let until = 0
  for (const { startMs = until, waitMs = 0, durationMs = 0 } of queries) {
    const end = startMs + waitMs + durationMs
    busy += Math.max(0, end - Math.max(until, startMs + waitMs))
    until = Math.max(until, end)
  }
  return busy
}
