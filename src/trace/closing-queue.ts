// Closes traces that have been quiet for a while. One timer serves all of them: to start and stop one for each request is
// more work than most of what is done for a request that is only counted. It belongs to no request, so that nothing that
// listens runs in the context of one. Time in which the event loop stood still does not count: what follows a response could
// not run then either, and its timers come after this one.
import { now, setTimeout } from '../host/real-time.ts'

/** How often it is looked, while there is something to look at. */
const TICK_MS = 10
/** Timers are never quite on time. */
const STALL_MS = 5

interface Quiet {
  /** True while the trace is in the queue. */
  isWaiting: boolean
  readonly closed: boolean
  /** When it is to be closed; `undefined` while it is not. */
  quietAt: number | undefined
  close(): void
}

export interface ClosingQueue {
  add(trace: Quiet): void
}

export function closingQueue(): ClosingQueue {
  /** No Set, for the reason that `open-traces.ts` gives. */
  const waiting: Quiet[] = []
  let isTicking = false
  let dueAt = 0

  const tick = () => {
    isTicking = false
    const nowMs = now()
    const stalledMs = nowMs - dueAt
    let kept = 0
    // To close one may bring others.
    for (let at = 0; at < waiting.length; at++) {
      const trace = waiting[at] as Quiet
      if (trace.quietAt !== undefined && stalledMs >= STALL_MS) trace.quietAt += stalledMs
      if (trace.quietAt !== undefined && trace.quietAt > nowMs && !trace.closed) {
        waiting[kept++] = trace
        continue
      }
      trace.isWaiting = false
      if (trace.quietAt !== undefined) trace.close()
    }
    waiting.length = kept
    if (kept > 0) start()
  }
  // Started over and over, because a new timer would keep the context it is made in.
  const timer = setTimeout(tick, TICK_MS).unref()
  const start = () => {
    if (isTicking) return
    isTicking = true
    dueAt = now() + TICK_MS
    timer.refresh()
  }
  return {
    add(trace) {
      if (!trace.isWaiting) {
        trace.isWaiting = true
        waiting.push(trace)
      }
      start()
    },
  }
}
