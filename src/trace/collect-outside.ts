// Traces for the queries that belong to no other: schedulers, listeners, scripts. Each asynchronous root is a unit of
// work with a trace of its own. Nobody says when such work is over, so a trace ends when nothing has come for a while.
import { setTimeout } from '../host/real-time.ts'
import { type AsyncRoot, followRoots, rootOfWork } from './async-roots.ts'
import type { LiveTrace } from './live-trace.ts'

/** How often it is looked whether anything has come. */
const LOOK_MS = 200
/**
 * Looks that have to find a trace quiet, one after the other. They are counted instead of the time: while the event loop
 * is busy with the work between two queries, nobody looks.
 */
const QUIET_LOOKS = 3
/** A process that is never quiet gets a report all the same. */
const LONGEST_MS = 60_000

interface Unit {
  readonly root: AsyncRoot
  readonly trace: LiveTrace
  quietLooks: number
}

/** Returns the function that gives the trace of the calling code. */
export function collectOutside(start: () => LiveTrace): () => LiveTrace {
  followRoots()
  const unitOf = new WeakMap<AsyncRoot, Unit>()
  let open: Unit[] = []
  let isLooking = false

  const isOver = (unit: Unit): boolean => {
    unit.quietLooks = unit.trace.isIdle ? unit.quietLooks + 1 : 0
    return unit.quietLooks >= QUIET_LOOKS || unit.trace.now() >= LONGEST_MS
  }
  const end = (unit: Unit) => {
    unit.trace.end(unit.trace.isIdle ? lastAnswerMs(unit.trace) : undefined)
    unitOf.delete(unit.root)
  }
  const look = () => {
    isLooking = false
    open = open.filter((unit) => {
      if (unit.trace.hasEnded) return false
      if (!isOver(unit)) return true
      end(unit)
      return false
    })
    if (open.length > 0) lookAgain()
  }
  // Started over and over, because a new timer would keep the context it is made in.
  const timer = setTimeout(look, LOOK_MS).unref()
  const lookAgain = () => {
    if (isLooking) return
    isLooking = true
    timer.refresh()
  }

  return () => {
    const root = rootOfWork()
    let unit = unitOf.get(root)
    if (unit?.trace.isFull) end(unit)
    if (!unit || unit.trace.hasEnded) {
      unit = { root, trace: start(), quietLooks: 0 }
      unitOf.set(root, unit)
      open.push(unit)
      lookAgain()
    }
    unit.quietLooks = 0
    return unit.trace
  }
}

/** When the last answer came, as far as queries were kept; the present time when none was. */
function lastAnswerMs(trace: LiveTrace): number {
  let lastMs = 0
  for (const { startMs, waitMs = 0, durationMs = 0 } of trace.queries) {
    lastMs = Math.max(lastMs, startMs + waitMs + durationMs)
  }
  return lastMs || trace.now()
}
