// The traces worth showing of however many are analysed: for each finding the one that shows the most of it, for each
// route the slowest and the one with the most queries. Bounded, and the same whatever order the traces come in, as long as
// the bound is not reached.
import { withoutNumber } from '../detectors/identify.ts'
import type { Finding, Occurrence } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { ReporterOptions } from '../types/reporter.ts'
import type { Trace } from '../types/trace.ts'
import { isSameLoop } from './loop-finding.ts'

/** Maximum number of queries, and of traces, that are kept: a few hundred megabytes. */
const MOST_QUERIES = 200_000

interface Kept {
  trace: Trace
  findings: readonly Finding[]
  /** Counted from the first trace that was added. */
  number: number
  /** Number of reasons to keep the trace. */
  reasons: number
}

export class KeptTraces {
  readonly #best = new Map<string, { kept: Kept; weight: number }>()
  #queries = 0
  #added = 0

  /** `findings` are those of this trace. */
  add(trace: Trace, findings: readonly Finding[]): void {
    const kept: Kept = { trace, findings, number: this.#added++, reasons: 0 }
    for (const { key, cost } of findings)
      this.#offer(`finding ${key}`, cost.queries || (cost.bytes ?? 0), kept)
    this.#offer(`slowest ${trace.name}`, trace.durationMs ?? 0, kept)
    this.#offer(`most queries ${trace.name}`, trace.queries.length + trace.truncated, kept)
    if (kept.reasons > 0) kept.trace = { ...trace, queries: trace.queries.map(withoutValues) }
  }

  /** For a reporter that shows traces, in the order they came, with the findings of the report under their keys there. */
  options(reported: readonly Finding[] = []): Required<Pick<ReporterOptions, 'traces' | 'occurrences'>> {
    const all = [...new Set([...this.#best.values()].map(({ kept }) => kept))]
    all.sort((a, b) => a.number - b.number)
    const occurrences = new Map<string, Occurrence[]>()
    const keyOf = keysIn(reported)
    for (const finding of all.flatMap(({ findings }) => findings)) {
      const key = keyOf(finding)
      occurrences.set(key, [...(occurrences.get(key) ?? []), ...finding.occurrences])
    }
    return { traces: all.map(({ trace }) => trace), occurrences: Object.fromEntries(occurrences) }
  }

  #offer(reason: string, weight: number, kept: Kept): void {
    const before = this.#best.get(reason)
    if (before && !isBetter(weight, kept.trace, before)) return
    const added = kept.reasons === 0 ? sizeOf(kept) : 0
    const freed = before?.kept.reasons === 1 ? sizeOf(before.kept) : 0
    if (this.#queries + added - freed > MOST_QUERIES) return
    this.#queries += added - freed
    if (before) before.kept.reasons--
    kept.reasons++
    this.#best.set(reason, { kept, weight })
  }
}

/** One without queries takes room, too: names of routes may be without end. */
function sizeOf({ trace }: Kept): number {
  return Math.max(1, trace.queries.length)
}

/** Among equal traces, the one with the first id is taken, so that the result does not depend on the order of the traces. */
function isBetter(weight: number, trace: Trace, before: { kept: Kept; weight: number }): boolean {
  return weight > before.weight || (weight === before.weight && trace.id < before.kept.trace.id)
}

/** Drops fields that only the detectors read. */
function withoutValues({ params, valueHashes, columns, usage, ...query }: Query): Query {
  return query
}

/** Several loops of one function are numbered in a report. */
function keysIn(reported: readonly Finding[]): (finding: Finding) => string {
  const loops = new Map<string, Finding[]>()
  for (const finding of reported) {
    if (!finding.statements) continue
    const key = withoutNumber(finding.key)
    loops.set(key, [...(loops.get(key) ?? []), finding])
  }
  return (finding) => {
    const ofKey = finding.statements ? loops.get(withoutNumber(finding.key)) : undefined
    return ofKey?.find((other) => isSameLoop(other, finding))?.key ?? finding.key
  }
}
