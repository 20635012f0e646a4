// Keeps the contents of the traces that closed last, for code that opened them and wants to read them. Older traces release
// their contents.
import type { LiveTrace } from './live-trace.ts'

const TRACES = 256
/** Maximum number of queries of all kept traces together. A query takes about a kilobyte. */
const QUERIES = 20_000

/** Returns the function to call for each trace that has closed. */
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
