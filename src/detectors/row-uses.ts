// For detectors that look at what became of the rows: the SELECTs of a trace whose rows were watched, by the place in the
// code that would have to change. That is one function that sends one statement, whichever routes lead to it.
import { fingerprint } from '../sql/index.ts'
import type { Evidence, Occurrence } from '../types/finding.ts'
import type { CallSite, Frame, Query, RowUsage } from '../types/query.ts'
import type { Trace, TraceKind } from '../types/trace.ts'
import { keptOccurrence } from './occurrence.ts'

export interface RowUse {
  index: number
  query: Query
  usage: RowUsage
}

/** The facts about a place in the code, whatever is observed there. Observations of one place have one key. */
export interface Place {
  key: string
  /** The fingerprint. */
  statement: string
  text: string
  route: string
  kind: TraceKind
  callSite: CallSite
  /** Where the statement was put together, when that is not where it was sent. */
  builtAt?: Frame
  via: string
  /** The calls that send it, as the source shows them. */
  expression?: string
  /** Traces in which something could be seen. */
  traces: number
  /** Number of these traces in which all rows were watched, or enough to represent all. */
  wholly: number
  /** Number of these traces in which really all rows were watched. */
  completely: number
  /** The most rows that came at once. */
  rows: number
  occurrences: readonly Occurrence[]
}

/** So many rows, spread over the result, can stand for all of it, though one in a thousand may be different. */
const ENOUGH_ROWS = 500
/** As many as a report keeps. */
const KEPT_OCCURRENCES = 10

/** By the place's key. */
export function watchedSelects(trace: Trace): Map<string, RowUse[]> {
  const uses = new Map<string, RowUse[]>()
  trace.queries.forEach((query, index) => {
    const { usage, error, sql } = query
    if (!usage || error !== undefined || !query.rows) return
    const { kind, key: statement } = fingerprint(sql)
    if (kind !== 'select') return
    const key = `${statement} ${placeOf(query.builtAt ?? query.callSite?.[0])}`
    const known = uses.get(key)
    if (known) known.push({ index, query, usage })
    else uses.set(key, [{ index, query, usage }])
  })
  return uses
}

/** A failed request may have left rows unread that are read otherwise. */
function endedWell({ labels = {} }: Trace): boolean {
  return !(Number(labels.status) >= 400) && labels.aborted === undefined && labels.failed === undefined
}

/** `evidence` are the uses that show something. */
export function observePlace(
  trace: Trace,
  key: string,
  uses: readonly RowUse[],
  evidence: readonly RowUse[],
): Place {
  const [first] = uses
  const { text, key: statement } = fingerprint(first?.query.sql ?? '')
  const expression = uses.find(({ query }) => query.source)?.query.source?.expression
  const counts = endedWell(trace) && evidence.length > 0
  return {
    key,
    statement,
    text,
    route: trace.name,
    kind: trace.kind,
    callSite: first?.query.callSite ?? [],
    ...(first?.query.builtAt ? { builtAt: first.query.builtAt } : {}),
    via: first?.query.via ?? '',
    ...(expression === undefined ? {} : { expression }),
    traces: Number(counts),
    wholly: Number(counts && evidence.every(isWhole)),
    completely: Number(counts && evidence.every(({ usage }) => usage.rowsWatched === undefined)),
    rows: greatest(evidence, ({ query }) => query.rows),
    occurrences: counts
      ? [keptOccurrence({ trace: trace.id, queries: evidence.map(({ index }) => index) })]
      : [],
  }
}

/** Not spread into Math.max, which does not take as many arguments as a trace can have queries. */
export function greatest(uses: readonly RowUse[], measure: (use: RowUse) => number | undefined): number {
  return uses.reduce((most, use) => Math.max(most, measure(use) ?? 0), 0)
}

export function mergePlaces(a: Place, b: Place): Place {
  const [first] = [a, b].sort((x, y) => compare(x.route, y.route) || compare(linesOf(x), linesOf(y)))
  const expression = first?.expression ?? a.expression ?? b.expression
  return {
    ...(first ?? a),
    ...(expression === undefined ? {} : { expression }),
    traces: a.traces + b.traces,
    wholly: a.wholly + b.wholly,
    completely: a.completely + b.completely,
    rows: Math.max(a.rows, b.rows),
    occurrences: [...a.occurrences, ...b.occurrences]
      .sort((x, y) => compare(x.trace, y.trace))
      .slice(0, KEPT_OCCURRENCES),
  }
}

function isWhole({ usage: { rowsWatched } }: RowUse): boolean {
  return rowsWatched === undefined || rowsWatched >= ENOUGH_ROWS
}

function linesOf({ callSite, builtAt, via, expression }: Place): string {
  return JSON.stringify([callSite, builtAt, via, expression])
}

/** The statement, and the line to change where that is not the line that sends it. */
export function placeEvidence({ text, traces, builtAt }: Place): Evidence[] {
  return [
    { label: `${traces}×`, text },
    ...(builtAt ? [{ label: 'built', text: builtAt.function ?? 'elsewhere', callSite: builtAt }] : []),
  ]
}

/** Functions without a name are told apart by their line. */
function placeOf(frame: Frame | undefined): string {
  return frame ? `${frame.file} ${frame.function ?? frame.line}` : ''
}

/** As reports sort: numbers inside names count as numbers, and the locale is fixed. */
const { compare } = new Intl.Collator('en', { numeric: true })
