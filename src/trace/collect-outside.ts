// A trace for the queries that belong to no other: schedulers, listeners, scripts. It ends when nothing has come for a
// while, so that what runs now and then is reported piece by piece; it must not be taken for one unit of work.

import { clearTimeout, setTimeout, type Timer } from '../real-time.ts'
import type { LiveTrace } from './live-trace.ts'

/** What follows within this time is taken for the same piece of work. */
const QUIET_MS = 1000
/** A process that is never quiet gets a report all the same. */
const LONGEST_MS = 60_000

/** Returns the function that gives the trace of the moment. */
export function collectOutside(start: () => LiveTrace): () => LiveTrace {
  let trace: LiveTrace | undefined
  let quiet: Timer | undefined
  let longest: Timer | undefined

  const end = () => {
    clearTimeout(quiet)
    clearTimeout(longest)
    trace?.end()
    trace = undefined
  }
  return () => {
    if (trace && (trace.closed || trace.isFull)) end()
    if (trace) {
      quiet?.refresh()
      return trace
    }
    trace = start()
    quiet = setTimeout(end, QUIET_MS).unref()
    longest = setTimeout(end, LONGEST_MS).unref()
    return trace
  }
}
