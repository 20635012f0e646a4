// Chooses the traces that fit into the page: first one trace for each finding, beginning with the worst finding, then the
// longest traces. The others are counted.
import type { Occurrence } from '../../../types/finding.ts'
import type { Trace } from '../../../types/trace.ts'

/** A page with this many traces opens at once and has a few megabytes. */
const MOST_TRACES = 500
const MOST_QUERIES = 20_000

/** `occurrences` contains those of each finding, the worst finding first. */
export function chooseTraces(
  occurrences: readonly (readonly Occurrence[])[],
  traces: readonly Trace[],
): { traces: Trace[]; leftOut: string[] } {
  const chosen = new Set<Trace>()
  let queries = 0
  for (const trace of byNeed(occurrences, traces)) {
    if (chosen.size >= MOST_TRACES) break
    if (chosen.has(trace) || queries + trace.queries.length > MOST_QUERIES) continue
    chosen.add(trace)
    queries += trace.queries.length
  }
  const count = traces.length - chosen.size
  return {
    traces: traces.filter((trace) => chosen.has(trace)),
    leftOut:
      count > 0
        ? [
            `${count} of ${traces.length} traces are not in this page, which contains those of the worst findings and the longest ones.`,
          ]
        : [],
  }
}

function* byNeed(
  occurrences: readonly (readonly Occurrence[])[],
  traces: readonly Trace[],
): Generator<Trace> {
  const byId = new Map(traces.map((trace) => [trace.id, trace]))
  for (const ofFinding of occurrences) {
    const [found] = ofFinding.flatMap(({ trace }) => byId.get(trace) ?? [])
    if (found) yield found
  }
  yield* traces.toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))
}
