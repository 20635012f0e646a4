// The columns of a trace's results, as places a value can have come from: which of them hold a value, and which rows held
// it last before a query started. Each column is read once and each answer takes a look-up, so that following values
// stays linear in the queries of the trace.
import { fingerprint } from '../sql/index.ts'
import { cellText } from './canonical-value.ts'
import type { DriverField, RecordedQuery } from './recorded-query.ts'

/** A column of a statement's result, by the statement's fingerprint: a nested loop's values come from many queries. */
export interface Place {
  statement: string
  position: number
}

export interface Column {
  name: string
  /** Where the catalog tells it. */
  table: string | undefined
  /** The table's column where PostgreSQL tells it, so that one column read twice is not two candidates. */
  identity: string
  /** The latest query with this value in the column whose rows had arrived when `query` started. */
  latestHolder(text: string, query: RecordedQuery): Source | undefined
}

export interface Source {
  index: number
  query: RecordedQuery
  texts: readonly string[]
}

export interface ResultColumns {
  /** Finds the places that hold one of the texts; the function returned tells those that had arrived by a time. */
  findPlaces(texts: ReadonlySet<string>): (text: string, time: number) => Place[]
  column(place: Place): Column
  /** The same column of the same table in whatever statement: who walks a tree begins it with another statement. */
  tableColumn(place: Place): Column
}

export function resultColumns(queries: readonly RecordedQuery[]): ResultColumns {
  const byStatement = new Map<string, Cell[]>()
  const byIdentity = new Map<string, Cell[]>()
  const places = new Map<string, Place>()
  const columns = new Map<Place, Column>()
  const tableColumns = new Map<string, Column>()
  queries.forEach((query, index) => {
    if (!query.keptRows) return
    append(byStatement, fingerprint(query.sql).key, { query, index, position: 0 })
    const seen = new Set<string>()
    query.fields?.forEach((field, position) => {
      const identity = identityOf(field)
      if (identity && !seen.has(identity)) append(byIdentity, identity, { query, index, position })
      if (identity) seen.add(identity)
    })
  })

  const placeAt = (statement: string, position: number): Place => {
    const key = `${position} ${statement}`
    const place = places.get(key) ?? { statement, position }
    places.set(key, place)
    return place
  }
  const column = (place: Place): Column => {
    const known = columns.get(place)
    if (known) return known
    const { statement, position } = place
    const sources = (byStatement.get(statement) ?? []).map((cell) => ({ ...cell, position }))
    const field = sources[0]?.query.fields?.[position]
    const name = field?.name ?? String(position)
    const made = readColumn(name, identityOf(field) ?? `${position} ${statement}`, sources)
    columns.set(place, made)
    return made
  }

  return {
    findPlaces(texts) {
      const found = new Map<string, Map<Place, number>>()
      for (const query of queries) {
        if (!query.keptRows) continue
        const statement = fingerprint(query.sql).key
        const end = endOf(query)
        for (const row of query.keptRows) {
          cellsOf(query, row).forEach((cell, position) => {
            const text = cellText(cell)
            if (!texts.has(text)) return
            const holders = found.get(text) ?? new Map<Place, number>()
            const place = placeAt(statement, position)
            found.set(text, holders.set(place, Math.min(end, holders.get(place) ?? end)))
          })
        }
      }
      const arrived = new Map([...found].map(([text, holders]) => [text, inOrderOfArrival(holders)]))
      return (text, time) => latestPlaces(arrived.get(text) ?? [], time)
    },
    column,
    tableColumn(place) {
      const { name, identity } = column(place)
      const made = tableColumns.get(identity) ?? readColumn(name, identity, byIdentity.get(identity) ?? [])
      tableColumns.set(identity, made)
      return made
    },
  }
}

interface Cell {
  query: RecordedQuery
  index: number
  position: number
}

/** A source, with the latest of all that had arrived when it had. */
interface Arrival {
  end: number
  latest: Source
}

function readColumn(name: string, identity: string, from: readonly Cell[]): Column {
  const [first] = from
  const table = first?.query.columns[first.position]?.table
  const arrivals = new Map<string, Arrival[]>()
  for (const { query, index, position } of from) {
    const texts = query.keptRows?.map((row) => cellText(cellsOf(query, row)[position])) ?? []
    const source = { index, query, texts }
    for (const text of new Set(texts)) append(arrivals, text, { end: endOf(query), latest: source })
  }
  for (const list of arrivals.values()) {
    list.sort((a, b) => a.end - b.end)
    list.forEach((arrival, at) => {
      const before = list[at - 1]?.latest
      if (before && before.index > arrival.latest.index) arrival.latest = before
    })
  }
  return {
    name,
    table,
    identity,
    latestHolder(text, { startMs }) {
      const list = arrivals.get(text) ?? []
      return list[countUntil(list, startMs) - 1]?.latest
    },
  }
}

interface ArrivedPlace {
  place: Place
  end: number
  /** In which they were found. */
  order: number
}

function inOrderOfArrival(holders: ReadonlyMap<Place, number>): ArrivedPlace[] {
  return [...holders].map(([place, end], order) => ({ place, end, order })).sort((a, b) => a.end - b.end)
}

/** A value that is in more columns than this says little about where it is from; the latest ones are looked at. */
const PLACES_EXAMINED = 100

function latestPlaces(arrived: readonly ArrivedPlace[], time: number): Place[] {
  const count = countUntil(arrived, time)
  return arrived
    .slice(Math.max(0, count - PLACES_EXAMINED), count)
    .sort((a, b) => a.order - b.order)
    .map(({ place }) => place)
}

/** How many ended by then, of a list in that order. */
function countUntil(arrivals: readonly { end: number }[], time: number): number {
  let from = 0
  let to = arrivals.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((arrivals[middle]?.end ?? Number.POSITIVE_INFINITY) <= time) from = middle + 1
    else to = middle
  }
  return from
}

/** A query that has not ended has no end in time. */
function endOf({ startMs, waitMs = 0, durationMs = Number.POSITIVE_INFINITY }: RecordedQuery): number {
  return startMs + waitMs + durationMs
}

function identityOf(field: DriverField | undefined): string | undefined {
  return field?.tableID && field.columnID ? `${field.tableID}.${field.columnID}` : undefined
}

export function cellsOf({ fields }: RecordedQuery, row: unknown): readonly unknown[] {
  if (Array.isArray(row)) return row
  return fields?.map(({ name }) => (row as Record<string, unknown>)[name]) ?? []
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
