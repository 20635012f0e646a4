// Seals a trace that has closed. Stacks and values are read here for the last time: what they show becomes facts of the
// queries, and the values themselves are dropped. The result is plain data, the same that a trace file holds.
import { vocabulary } from '../advice/advisors.ts'
import type { Knowledge } from '../catalog/knowledge.ts'
import { noteBounds } from '../catalog/note-bounds.ts'
import { noteEffects } from '../catalog/note-effects.ts'
import { noteTables } from '../catalog/note-tables.ts'
import { fingerprint } from '../sql/index.ts'
import { noteCallers } from '../trace/call-site/note-callers.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import { maskNames } from '../trace/mask-names.ts'
import { withoutNoting } from '../trace/row-usage/row-watch.ts'
import type { RowWatcher } from '../trace/row-usage/row-watcher.ts'
import { noteNamed } from '../trace/source/named-in-source.ts'
import { noteSources } from '../trace/source/note-sources.ts'
import { sealValues } from '../trace/value-flow/seal-values.ts'
import { findSingleValues } from '../trace/value-flow/single-values.ts'
import type { Trace } from '../types/trace.ts'

interface SealSettings {
  knowledge: Knowledge
  /** Absent when rows are not watched. */
  watcher: RowWatcher | undefined
  /** Names of traces that are numbered separately. */
  cacheEntries: number
}

/** Returns the function that seals the traces of one profiler. */
export function traceSealer({ knowledge, watcher, cacheEntries }: SealSettings): (trace: LiveTrace) => Trace {
  const nextId = traceNumbers(cacheEntries)
  return (trace) => {
    const { queries } = trace
    watcher?.conclude(queries)
    noteNamed(queries, vocabulary)
    const catalog = knowledge.catalog(trace.connections)
    noteTables(queries, catalog)
    noteBounds(queries, catalog, { isLive: true })
    noteEffects(queries, catalog)
    noteCallers(queries)
    noteSources(queries, vocabulary)
    if (trace.findsSingleValues) trace.singleValues = withoutNoting(() => findSingleValues(queries))
    const isWhole = trace.counted === undefined
    withoutNoting(() => sealValues(queries, { isWhole, catalog, input: trace.input }))
    maskNames(queries)
    if (queries.some(({ sql }) => fingerprint(sql).kind === 'ddl')) knowledge.forget(trace.connections)
    return trace.toTrace(nextId(trace))
  }
}

/** Numbers traces by their kind and name. Names beyond the limit share one counter, which keeps every id unique. */
function traceNumbers(limit: number): (trace: LiveTrace) => string {
  const numbers = new Map<string, number>()
  return ({ kind, name }) => {
    const label = `${kind} ${name}`
    const counted = numbers.has(label) || numbers.size < limit ? label : ''
    const number = (numbers.get(counted) ?? 0) + 1
    numbers.set(counted, number)
    return `${label} #${number}`
  }
}
