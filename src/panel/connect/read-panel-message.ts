// Reads one line of the panel. A line that is no message of this version gives undefined: whatever a local program sends,
// nothing else reaches the profiler.
import * as v from 'valibot'
import type { PanelMessage } from '../messages.ts'

/** More would keep capturing long after the developer has stopped looking. */
const MOST_TRACES = 1000
/** As names of traces are cut. */
const LONGEST_ROUTE = 501

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const message = v.variant('type', [
  v.object({
    type: v.literal('capture'),
    route: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_ROUTE))),
    traces: v.pipe(count, v.minValue(1), v.maxValue(MOST_TRACES)),
  }),
  v.object({ type: v.literal('explain'), number: count, sql: v.string() }),
])

export function readPanelMessage(line: Buffer): PanelMessage | undefined {
  try {
    return v.parse(message, JSON.parse(line.toString()))
  } catch {
    return undefined
  }
}
