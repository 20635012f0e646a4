// Where the values of a repeated statement came from: held against the rows of the queries that had finished before,
// column by column. A column explains a repetition only if it holds every value. Small integers are in many columns by
// accident, so for them the queries must also follow the column's rows, one by one and in their order.
import { fingerprint } from '../sql/index.ts'
import type { ValueFlow } from '../types.ts'
import { canonicalValue } from './canonical-value.ts'
import type { DriverField, RecordedQuery } from './recorded-query.ts'

/** One value of a statement that was sent more than once. */
export interface Slot {
  /** Position among the statement's values. */
  param: number
  /** Its text at each sending, in the order they started. */
  uses: readonly { query: RecordedQuery; text: string }[]
}

/** Notes on each query where its value came from, for the slots that a column explains. */
export function followValues(queries: readonly RecordedQuery[], slots: readonly Slot[]): void {
  const columns = new Map<string, Column>()
  const columnOf = (place: Place, read: typeof readColumn): Column => {
    const key = `${read.name} ${place.key}`
    const column = columns.get(key) ?? read(queries, place)
    columns.set(key, column)
    return column
  }
  const explainBy = (slot: Slot, places: readonly Place[], read: typeof readColumn) =>
    places.flatMap((place) => explain(slot, columnOf(place, read)) ?? [])

  for (const [slot, places] of findFirstValues(queries, slots)) {
    const byStatement = explainBy(slot, places, readColumn)
    const explanations = byStatement.length > 0 ? byStatement : explainBy(slot, places, readTableColumn)
    for (const { flows } of best(explanations, isWeak(slot))) {
      slot.uses.forEach(({ query }, use) => {
        const flow = flows[use]
        if (flow) query.flow = [...(query.flow ?? []), flow]
      })
    }
  }
}

/** A column of a statement's result, by the statement's fingerprint: a nested loop's values come from many queries. */
interface Place {
  key: string
  statement: string
  position: number
}

interface Column {
  name: string
  /** The table's column where PostgreSQL tells it, so that one column read twice is not two candidates. */
  identity: string
  sources: readonly Source[]
}

interface Source {
  index: number
  query: RecordedQuery
  texts: readonly string[]
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

/** The columns that hold each slot's first value, found in one pass over all rows. */
function findFirstValues(queries: readonly RecordedQuery[], slots: readonly Slot[]): Map<Slot, Place[]> {
  const wanted = new Map<string, Slot[]>()
  for (const slot of slots) {
    const text = slot.uses[0]?.text
    if (text !== undefined) wanted.set(text, [...(wanted.get(text) ?? []), slot])
  }
  const found = new Map<Slot, Map<string, Place>>()
  if (wanted.size === 0) return new Map()
  for (const query of queries) {
    if (!query.keptRows) continue
    const statement = fingerprint(query.sql).key
    for (const row of query.keptRows) {
      cells(query, row).forEach((cell, position) => {
        for (const slot of wanted.get(canonicalValue(cell)) ?? []) {
          const first = slot.uses[0]?.query
          if (!first || !finishedBefore(query, first)) continue
          const places = found.get(slot) ?? new Map<string, Place>()
          const key = `${position} ${statement}`
          found.set(slot, places.set(key, { key, statement, position }))
        }
      })
    }
  }
  return new Map([...found].map(([slot, places]) => [slot, [...places.values()]]))
}

function readColumn(queries: readonly RecordedQuery[], { statement, position, key }: Place): Column {
  const sources = queries.flatMap((query, index) =>
    query.keptRows && fingerprint(query.sql).key === statement ? [readSource(query, index, position)] : [],
  )
  const field = sources[0]?.query.fields?.[position]
  return { name: field?.name ?? String(position), identity: identityOf(field) ?? key, sources }
}

/** The same column of the same table in whatever statement: who walks a tree begins it with another statement. */
function readTableColumn(queries: readonly RecordedQuery[], place: Place): Column {
  const column = readColumn(queries, place)
  const sources = queries.flatMap((query, index) => {
    const position = query.fields?.findIndex((field) => identityOf(field) === column.identity) ?? -1
    return query.keptRows && position >= 0 ? [readSource(query, index, position)] : []
  })
  return { ...column, sources }
}

function readSource(query: RecordedQuery, index: number, position: number): Source {
  return {
    index,
    query,
    texts: query.keptRows?.map((row) => canonicalValue(cells(query, row)[position])) ?? [],
  }
}

function identityOf(field: DriverField | undefined): string | undefined {
  return field?.tableID && field.columnID ? `${field.tableID}.${field.columnID}` : undefined
}

/** Every value must be in rows that had arrived when its query started; the latest such rows are the ones meant. */
function explain({ param, uses }: Slot, column: Column): Explanation | undefined {
  const holders = new Map<string, Source[]>()
  for (const source of column.sources) {
    for (const text of new Set(source.texts)) {
      const list = holders.get(text)
      if (list) list.push(source)
      else holders.set(text, [source])
    }
  }
  const flows: ValueFlow[] = []
  const taken = new Map<Source, string[]>()
  for (const { query, text } of uses) {
    const source = holders.get(text)?.findLast((candidate) => finishedBefore(candidate.query, query))
    if (!source) return undefined
    flows.push({
      param,
      query: source.index,
      column: column.name,
      rows: source.query.rows ?? source.texts.length,
    })
    const sequence = taken.get(source)
    if (sequence) sequence.push(text)
    else taken.set(source, [text])
  }
  const orders = [...taken].map(([{ texts }, sequence]) => orderOf(sequence, texts))
  return { column, flows, parents: taken.size, order: Math.min(...orders) as Order }
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

function finishedBefore(earlier: RecordedQuery, later: RecordedQuery): boolean {
  const { startMs, waitMs = 0, durationMs } = earlier
  return durationMs !== undefined && startMs + waitMs + durationMs <= later.startMs
}

function cells({ fields }: RecordedQuery, row: unknown): readonly unknown[] {
  if (Array.isArray(row)) return row
  return fields?.map(({ name }) => (row as Record<string, unknown>)[name]) ?? []
}
