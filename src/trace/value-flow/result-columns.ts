// The columns of a trace's results, as possible origins of a value: which of them contain a value, and which rows contained
// it last before a query started. Arrival is compared by positions in the trace and never by a clock, which may stand still.
// Each column is read once and each answer takes a look-up, so that following values stays linear in the number of queries.
import { fingerprint } from '../../sql/index.ts'
import type { DriverField } from '../query-recording.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { cellText, NULL } from './canonical-value.ts'
import type { CellColumn } from './kept-cells.ts'
import { identityOf } from './key-relation.ts'
import { BOOLEAN_MARK, type ColumnValues, kindOf } from './value-rarity.ts'

/** A column of a statement's result, by the statement's fingerprint: a nested loop's values come from many queries. */
export interface Place {
  statement: string
  /** Name of the column, with the path inside its documents. */
  column: string
}

export interface Column extends ColumnValues {
  name: string
  /** The table, where the catalog provides it. */
  table: string | undefined
  /** The table's column where PostgreSQL tells it, so that one column read twice is not two candidates. */
  identity: string
  field: DriverField | undefined
  /** Statement of its first source. */
  sql: string
  /** The latest query with this value in the column whose rows had arrived when the query at `index` started. */
  latestHolder(text: string, index: number): Source | undefined
  /** How many queries had started when the column held the value for the first time. */
  firstArrival(text: string): number
}

export interface Source {
  index: number
  query: RecordedQuery
  /** By row; of a column inside documents, by element. */
  texts: readonly string[]
  /** The rows of the result are all there. */
  isWhole: boolean
}

export interface ResultColumns {
  /** Finds the places that hold one of the texts; the function returned tells those that had arrived by a position. */
  findPlaces(texts: ReadonlySet<string>): (text: string, index: number) => readonly Place[]
  /** The number of queries that had started when one of the values that `findPlaces` searches first appeared in a result. */
  firstArrival(text: string): number
  column(place: Place): Column
  /** The same column of the same table in whatever statement: who walks a tree begins it with another statement. */
  tableColumn(place: Place): Column
  /** How many columns hold integers, or something else, in at least so many rows. */
  countColumns(isInteger: boolean, rows: number): number
  /** Columns with at least so many rows: those with the most, and no more than there are in a large page. */
  listColumns(rows: number): readonly ListColumn[]
}

export type ListColumn = Pick<Column, 'name' | 'field' | 'sql'>

interface Cell {
  query: RecordedQuery
  index: number
  column: CellColumn
  place: Place
}

export function resultColumns(queries: readonly RecordedQuery[]): ResultColumns {
  const byPlace = new Map<Place, Cell[]>()
  const byIdentity = new Map<string, Cell[]>()
  const columns = new Map<Place, Column>()
  const tableColumns = new Map<string, Column>()
  const firstArrivals = new Map<string, number>()
  let counted: RowCounts | undefined
  let lists: readonly (ListColumn & { rows: number })[] | undefined
  const placeAt = placesOfStatements()
  const cells = queries.flatMap((query, index) => {
    if (!query.kept) return []
    const { key } = fingerprint(query.sql)
    return query.kept
      .columns()
      .map(
        (column): Cell => ({ query, index, column, place: placeAt(key, `${column.position}${column.path}`) }),
      )
  })
  for (const cell of cells) {
    append(byPlace, cell.place, cell)
    const identity = cellIdentity(cell)
    if (identity) append(byIdentity, identity, cell)
  }

  const column = (place: Place): Column => {
    const known = columns.get(place)
    if (known) return known
    const from = byPlace.get(place) ?? []
    const identity = (from[0] && cellIdentity(from[0])) ?? `${place.column} ${place.statement}`
    const made = readColumn(from, identity)
    columns.set(place, made)
    return made
  }

  return {
    findPlaces(texts) {
      const found = new Map<string, Map<Place, number>>()
      for (const cell of cells) {
        const { place } = cell
        const { cells: values, rows } = cell.column
        values.forEach((value, at) => {
          const text = textOf(value)
          if (!texts.has(text)) return
          const after = cell.query.kept?.arrivedAfter(rows?.[at] ?? at) ?? 0
          const holders = found.get(text) ?? new Map<Place, number>()
          found.set(text, holders.set(place, Math.min(after, holders.get(place) ?? after)))
          firstArrivals.set(text, Math.min(after, firstArrivals.get(text) ?? after))
        })
      }
      const arrived = new Map([...found].map(([text, holders]) => [text, inOrderOfArrival(holders)]))
      return (text, index) => examinedPlaces(arrived.get(text) ?? [], index)
    },
    firstArrival: (text) => firstArrivals.get(text) ?? Number.POSITIVE_INFINITY,
    column,
    tableColumn(place) {
      const { identity } = column(place)
      const made = tableColumns.get(identity) ?? readColumn(byIdentity.get(identity) ?? [], identity)
      tableColumns.set(identity, made)
      return made
    },
    countColumns(isInteger, rows) {
      counted ??= countRows(byPlace)
      return countUntil(isInteger ? counted.integers : counted.others, (count) => count >= rows)
    },
    listColumns(rows) {
      lists ??= longestLists(byPlace)
      return lists.slice(
        0,
        countUntil(lists, (list) => list.rows >= rows),
      )
    },
  }
}

/** As values of rows and of statements are compared: a text that reads `true` is no boolean. */
export function textOf(value: unknown): string {
  return typeof value === 'boolean' ? `${BOOLEAN_MARK}${value}` : cellText(value)
}

interface RowCounts {
  integers: number[]
  others: number[]
}

/** The values of each column, the most frequent first. */
function countRows(byPlace: ReadonlyMap<Place, readonly Cell[]>): RowCounts {
  const counts: RowCounts = { integers: [], others: [] }
  for (const cells of byPlace.values()) {
    const sample = sampleOf(cells)
    if (sample === undefined || typeof sample === 'boolean') continue
    const list = kindOf(textOf(sample)) === 'integer' ? counts.integers : counts.others
    list.push(rowsOf(cells))
  }
  for (const list of [counts.integers, counts.others]) list.sort((a, b) => b - a)
  return counts
}

/** More lists than these are not compared by their names. */
const MOST_LISTS = 200

function longestLists(byPlace: ReadonlyMap<Place, readonly Cell[]>): (ListColumn & { rows: number })[] {
  const lists = [...byPlace.values()].flatMap((cells) => {
    const [first] = cells
    if (!first) return []
    const { query, column } = first
    return [{ name: column.name, field: fieldOf(first), sql: query.sql, rows: rowsOf(cells) }]
  })
  return lists.sort((a, b) => b.rows - a.rows).slice(0, MOST_LISTS)
}

function rowsOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { column }) => sum + column.cells.length, 0)
}

function sampleOf(cells: readonly Cell[]): unknown {
  for (const { column } of cells) {
    for (const cell of column.cells) if (cell !== null && cell !== undefined) return cell
  }
  return undefined
}

/** A value inside a document is no column of a table. */
function fieldOf({ query, column }: Cell): DriverField | undefined {
  return column.path === '' ? query.fields?.[column.position] : undefined
}

/** One place for each column of each statement. */
function placesOfStatements(): (statement: string, column: string) => Place {
  const statements = new Map<string, Map<string, Place>>()
  return (statement, column) => {
    const places = statements.get(statement) ?? new Map<string, Place>()
    statements.set(statement, places)
    const place = places.get(column) ?? { statement, column }
    places.set(column, place)
    return place
  }
}

function cellIdentity(cell: Cell): string | undefined {
  return identityOf(fieldOf(cell))
}

/** A source, with the latest of all that had arrived when it had. */
interface Arrival {
  after: number
  latest: Source
}

function readColumn(from: readonly Cell[], identity: string): Column {
  const [first] = from
  const arrivals = new Map<string, Arrival[]>()
  const integers: number[] = []
  let repeats = false
  for (const { query, index, column } of from) {
    const texts = column.cells.map(textOf)
    const source = { index, query, texts, isWhole: query.kept?.rowCount === query.rows }
    const seen = new Set<string>()
    texts.forEach((text, at) => {
      if (text === NULL) return
      if (seen.has(text)) {
        repeats = true
        return
      }
      seen.add(text)
      const after = query.kept?.arrivedAfter(column.rows?.[at] ?? at) ?? 0
      if (!arrivals.has(text) && kindOf(text) === 'integer') integers.push(Number(text))
      append(arrivals, text, { after, latest: source })
    })
  }
  for (const list of arrivals.values()) {
    list.sort((a, b) => a.after - b.after)
    list.forEach((arrival, at) => {
      const before = list[at - 1]?.latest
      if (before && before.index > arrival.latest.index) arrival.latest = before
    })
  }
  return {
    name: first?.column.name ?? '',
    table: first?.column.path === '' ? first.query.columns[first.column.position]?.table : undefined,
    identity,
    field: first && fieldOf(first),
    sql: first?.query.sql ?? '',
    distinct: arrivals.size,
    repeats,
    integers: integers.sort((a, b) => a - b),
    latestHolder(text, index) {
      const list = arrivals.get(text) ?? []
      return list[countUntil(list, ({ after }) => after <= index) - 1]?.latest
    },
    firstArrival: (text) => arrivals.get(text)?.[0]?.after ?? Number.POSITIVE_INFINITY,
  }
}

interface ArrivedPlace {
  place: Place
  after: number
  /** In which they were found. */
  order: number
}

function inOrderOfArrival(holders: ReadonlyMap<Place, number>): ArrivedPlace[] {
  return [...holders]
    .map(([place, after], order) => ({ place, after, order }))
    .sort((a, b) => a.after - b.after)
}

/** A value that is in more columns than twice this says little about where it is from: the first and the latest are looked at. */
const PLACES_EXAMINED = 50

function examinedPlaces(arrived: readonly ArrivedPlace[], index: number): Place[] {
  const count = countUntil(arrived, ({ after }) => after <= index)
  const latest = Math.max(Math.min(PLACES_EXAMINED, count), count - PLACES_EXAMINED)
  return [...arrived.slice(0, Math.min(PLACES_EXAMINED, count)), ...arrived.slice(latest, count)]
    .sort((a, b) => a.order - b.order)
    .map(({ place }) => place)
}

/** How many come first of which that is so, in a list that has these first. */
function countUntil<Item>(items: readonly Item[], isSo: (item: Item) => boolean): number {
  let from = 0
  let to = items.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (isSo(items[middle] as Item)) from = middle + 1
    else to = middle
  }
  return from
}

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
