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
export interface StatementColumn {
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
  /** The first statement that had it in its result. */
  sql: string
  /** The latest query with this value in the column whose rows had arrived when the query at `index` started. */
  latestHolder(text: string, index: number): Holder | undefined
  /** How many queries had started when the column held the value for the first time. */
  firstArrival(text: string): number
}

export interface Holder {
  index: number
  query: RecordedQuery
  /** By row; of a column inside documents, by element. */
  texts: readonly string[]
  /** The rows of the result are all there. */
  isWhole: boolean
}

export interface ResultColumns {
  /** Finds the columns that contain one of the texts. The returned function gives those that had arrived before the query at a position. */
  findColumns(texts: ReadonlySet<string>): (text: string, index: number) => readonly StatementColumn[]
  /** The number of queries that had started when one of the values that `findColumns` searches first appeared in a result. */
  firstArrival(text: string): number
  column(statementColumn: StatementColumn): Column
  /** The same column of the same table in whatever statement: who walks a tree begins it with another statement. */
  tableColumn(statementColumn: StatementColumn): Column
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
  statementColumn: StatementColumn
}

export function resultColumns(queries: readonly RecordedQuery[]): ResultColumns {
  const cellsOf = new Map<StatementColumn, Cell[]>()
  const byIdentity = new Map<string, Cell[]>()
  const columns = new Map<StatementColumn, Column>()
  const tableColumns = new Map<string, Column>()
  const firstArrivals = new Map<string, number>()
  let counted: RowCounts | undefined
  let lists: readonly (ListColumn & { rows: number })[] | undefined
  const statementColumnAt = statementColumns()
  const cells = queries.flatMap((query, index) => {
    if (!query.kept) return []
    const { key } = fingerprint(query.sql)
    return query.kept.columns().map(
      (column): Cell => ({
        query,
        index,
        column,
        statementColumn: statementColumnAt(key, `${column.position}${column.path}`),
      }),
    )
  })
  for (const cell of cells) {
    append(cellsOf, cell.statementColumn, cell)
    const identity = cellIdentity(cell)
    if (identity) append(byIdentity, identity, cell)
  }

  const column = (statementColumn: StatementColumn): Column => {
    const known = columns.get(statementColumn)
    if (known) return known
    const from = cellsOf.get(statementColumn) ?? []
    const identity =
      (from[0] && cellIdentity(from[0])) ?? `${statementColumn.column} ${statementColumn.statement}`
    const made = readColumn(from, identity)
    columns.set(statementColumn, made)
    return made
  }

  return {
    findColumns(texts) {
      const found = new Map<string, Map<StatementColumn, number>>()
      for (const cell of cells) {
        const { statementColumn } = cell
        const { cells: values, rows } = cell.column
        values.forEach((value, at) => {
          const text = textOf(value)
          if (!texts.has(text)) return
          const after = cell.query.kept?.arrivedAfter(rows?.[at] ?? at) ?? 0
          const holders = found.get(text) ?? new Map<StatementColumn, number>()
          found.set(
            text,
            holders.set(statementColumn, Math.min(after, holders.get(statementColumn) ?? after)),
          )
          firstArrivals.set(text, Math.min(after, firstArrivals.get(text) ?? after))
        })
      }
      const arrived = new Map([...found].map(([text, holders]) => [text, inOrderOfArrival(holders)]))
      return (text, index) => examinedColumns(arrived.get(text) ?? [], index)
    },
    firstArrival: (text) => firstArrivals.get(text) ?? Number.POSITIVE_INFINITY,
    column,
    tableColumn(statementColumn) {
      const { identity } = column(statementColumn)
      const made = tableColumns.get(identity) ?? readColumn(byIdentity.get(identity) ?? [], identity)
      tableColumns.set(identity, made)
      return made
    },
    countColumns(isInteger, rows) {
      counted ??= countRows(cellsOf)
      return countUntil(isInteger ? counted.integers : counted.others, (count) => count >= rows)
    },
    listColumns(rows) {
      lists ??= longestLists(cellsOf)
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
function countRows(cellsOf: ReadonlyMap<StatementColumn, readonly Cell[]>): RowCounts {
  const counts: RowCounts = { integers: [], others: [] }
  for (const cells of cellsOf.values()) {
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

function longestLists(
  cellsOf: ReadonlyMap<StatementColumn, readonly Cell[]>,
): (ListColumn & { rows: number })[] {
  const lists = [...cellsOf.values()].flatMap((cells) => {
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

/** Returns one object for each column of each statement. */
function statementColumns(): (statement: string, column: string) => StatementColumn {
  const statements = new Map<string, Map<string, StatementColumn>>()
  return (statement, column) => {
    const columnsOfValue = statements.get(statement) ?? new Map<string, StatementColumn>()
    statements.set(statement, columnsOfValue)
    const statementColumn = columnsOfValue.get(column) ?? { statement, column }
    columnsOfValue.set(column, statementColumn)
    return statementColumn
  }
}

function cellIdentity(cell: Cell): string | undefined {
  return identityOf(fieldOf(cell))
}

/** A holder of a value, with the latest of all holders that had arrived by then. */
interface Arrival {
  after: number
  latest: Holder
}

function readColumn(from: readonly Cell[], identity: string): Column {
  const [first] = from
  const arrivals = new Map<string, Arrival[]>()
  const integers: number[] = []
  let repeats = false
  for (const { query, index, column } of from) {
    const texts = column.cells.map(textOf)
    const holder = { index, query, texts, isWhole: query.kept?.rowCount === query.rows }
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
      append(arrivals, text, { after, latest: holder })
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

interface ArrivedColumn {
  statementColumn: StatementColumn
  after: number
  /** In which they were found. */
  order: number
}

function inOrderOfArrival(holders: ReadonlyMap<StatementColumn, number>): ArrivedColumn[] {
  return [...holders]
    .map(([statementColumn, after], order) => ({ statementColumn, after, order }))
    .sort((a, b) => a.after - b.after)
}

/** A value that is in more columns than twice this says little about where it is from: the first and the latest are looked at. */
const PLACES_EXAMINED = 50

function examinedColumns(arrived: readonly ArrivedColumn[], index: number): StatementColumn[] {
  const count = countUntil(arrived, ({ after }) => after <= index)
  const latest = Math.max(Math.min(PLACES_EXAMINED, count), count - PLACES_EXAMINED)
  return [...arrived.slice(0, Math.min(PLACES_EXAMINED, count)), ...arrived.slice(latest, count)]
    .sort((a, b) => a.order - b.order)
    .map(({ statementColumn }) => statementColumn)
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
