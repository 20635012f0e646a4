// The traces that have closed last keep what they hold, for whoever opened them and wants to read it; those before let go.
import type { LiveTrace } from './live-trace.ts'

const TRACES = 256
/** Of all of them together; a query takes about a kilobyte. */
const QUERIES = 20_000

/** Returns the function that is told of each trace that has closed. */
export function keepLatest(): (trace: LiveTrace) => void {
  const latest: { trace: LiveTrace; queries: number }[] = []
  let total = 0
  return (trace) => {
    const { length } = trace.queries
    latest.push({ trace, queries: length })
    total += length
    while (latest.length > TRACES || (total > QUERIES && latest.length > 1)) {
      const oldest = latest.shift()
      total -= oldest?.queries ?? 0
      oldest?.trace.letGo()
    }
  }
}
