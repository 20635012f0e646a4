// Where the values of a repeated statement came from: held against the rows of the queries that had finished before,
// column by column. A column explains a repetition only if it holds every value. Small integers are in many columns by
// accident, so for them the queries must also follow the column's rows, one by one and in their order.
import type { ValueFlow } from '../types.ts'
import type { RecordedQuery } from './recorded-query.ts'
import { type Column, type Place, resultColumns, type Source } from './result-columns.ts'

/** One value of a statement that was sent more than once. */
export interface Slot {
  /** Position among the statement's values. */
  param: number
  /** Its text at each sending, in the order they started. */
  uses: readonly { query: RecordedQuery; text: string }[]
}

/** Notes on each query where its value came from, for the slots that a column explains. */
export function followValues(queries: readonly RecordedQuery[], slots: readonly Slot[]): void {
  if (slots.length === 0) return
  const columns = resultColumns(queries)
  const placesOf = columns.findPlaces(new Set(slots.flatMap(({ uses }) => uses[0]?.text ?? [])))
  const explainBy = (slot: Slot, from: readonly Place[], read: (place: Place) => Column) =>
    from.flatMap((place) => explain(slot, read(place)) ?? [])

  for (const slot of slots) {
    const [first] = slot.uses
    const places = first ? placesOf(first.text, first.query.startMs) : []
    const byStatement = explainBy(slot, places, columns.column)
    const explanations = byStatement.length > 0 ? byStatement : explainBy(slot, places, columns.tableColumn)
    for (const { flows } of best(explanations, isWeak(slot))) {
      slot.uses.forEach(({ query }, use) => {
        const flow = flows[use]
        if (flow) query.flow = [...(query.flow ?? []), flow]
      })
    }
  }
}

interface Explanation {
  column: Column
  order: Order
  flows: readonly ValueFlow[]
  /** Queries whose rows held the values: of two that could be meant, the one list rather than many single rows. */
  parents: number
}

/** Any order; the order of the rows with gaps; row by row. */
type Order = 0 | 1 | 2
const ROW_BY_ROW: Order = 2

/** Columns named when several explain the values equally well. */
const CANDIDATES = 3
/** Integers below it are ids of small tables, counters and flags: found in columns they do not come from. */
const SMALL_INTEGER = 1000

/** Every value must be in rows that had arrived when its query started; the latest such rows are the ones meant. */
function explain({ param, uses }: Slot, column: Column): Explanation | undefined {
  const flows: ValueFlow[] = []
  const taken = new Map<Source, string[]>()
  for (const { query, text } of uses) {
    const source = column.latestHolder(text, query)
    if (!source) return undefined
    flows.push({
      param,
      query: source.index,
      column: column.name,
      ...(column.table ? { table: column.table } : {}),
      rows: source.query.rows ?? source.texts.length,
    })
    const sequence = taken.get(source)
    if (sequence) sequence.push(text)
    else taken.set(source, [text])
  }
  let order: Order = ROW_BY_ROW
  for (const [{ texts }, sequence] of taken) order = Math.min(order, orderOf(sequence, texts)) as Order
  return { column, flows, parents: taken.size, order }
}

function orderOf(sequence: readonly string[], rows: readonly string[]): Order {
  if (isEqual(sequence, rows) || isEqual(sequence, [...new Set(rows)])) return ROW_BY_ROW
  return isSubsequence(sequence, rows) ? 1 : 0
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

function isSubsequence(sequence: readonly string[], rows: readonly string[]): boolean {
  let matched = 0
  for (const text of rows) if (text === sequence[matched]) matched++
  return matched === sequence.length
}

function best(explanations: readonly Explanation[], weak: boolean): Explanation[] {
  const order = Math.max(...explanations.map((explanation) => explanation.order))
  if (weak && order < ROW_BY_ROW) return []
  const byColumn = new Map<string, Explanation>()
  for (const explanation of explanations) {
    if (explanation.order !== order) continue
    const same = byColumn.get(explanation.column.identity)
    if (!same || explanation.parents < same.parents) byColumn.set(explanation.column.identity, explanation)
  }
  return [...byColumn.values()].slice(0, CANDIDATES)
}

function isWeak({ uses }: Slot): boolean {
  return uses.every(
    ({ text }) => text.length < 3 || (/^-?\d+$/.test(text) && Math.abs(Number(text)) < SMALL_INTEGER),
  )
}
