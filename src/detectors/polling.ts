// Asking, waiting and asking again is waiting for a change, not a loop over rows.
import type { Query } from '../types/query.ts'

/** Between the turns of a loop there is some work of the application; nobody's rows take this long. */
const PAUSE_MS = 200

/** Shorter than any interval that somebody polls at, and longer than what an application does between two equal questions. */
const SHORT_PAUSE_MS = 40

/** Each query starts a while after the one before was answered. Unknown times are no pause. */
export function isPolling(queries: readonly Query[]): boolean {
  return pausesOf(queries).every((pause) => pause >= PAUSE_MS)
}

/** The same with shorter pauses, where nothing else was asked in them. */
export function isPollingAlone(queries: readonly Query[], indexes: readonly number[]): boolean {
  const [first = 0, last = 0] = [indexes[0], indexes.at(-1)]
  const isAlone = last - first === indexes.length - 1
  const least = isAlone ? SHORT_PAUSE_MS : PAUSE_MS
  return pausesOf(indexes.map((index) => queries[index] as Query)).every((pause) => pause >= least)
}

function pausesOf(queries: readonly Query[]): number[] {
  return queries.slice(1).map(({ startMs = 0 }, i) => {
    const { startMs: before = 0, waitMs = 0, durationMs = 0 } = queries[i] as Query
    return startMs - before - waitMs - durationMs
  })
}
