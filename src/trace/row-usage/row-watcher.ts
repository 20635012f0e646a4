// Which rows of which results are watched, and what that says when the trace closes. A few rows of each result are
// enough to see that all columns are read, which is the rule. Where a column seems unread, the statement's next results
// are watched whole, because one row of a hundred may be the one whose other columns matter.
import { fingerprint } from '../../sql/index.ts'
import type { RowUsage } from '../../types/query.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { evenlySpaced } from './evenly-spaced.ts'
import { newReadLog, type ReadLog } from './read-log.ts'
import { type RowShape, watchRow, withoutNoting } from './row-watch.ts'
import { valueBytes } from './value-bytes.ts'

export interface RowWatcher {
  /**
   * Watches rows on their way to the application. Rows that cannot be watched (rows as arrays) are left unchanged; errors of
   * pg-loupe are counted.
   */
  watch(query: RecordedQuery, rows: readonly unknown[], shape?: () => RowShape): void
  /** Notes on the queries how their rows have been used so far. */
  conclude(queries: readonly RecordedQuery[]): void
}

/** Rows watched of a result that is not under suspicion. */
const SAMPLE_ROWS = 16
/** Watched of one that is. */
const CLOSE_LOOK_ROWS = 1000
/** So many results of a suspected statement are watched like that, and after them ever fewer: 4th, 8th, 16th and so on. */
const CLOSE_LOOKS = 3
/** Cells watched of one result, so that rows of a thousand columns cost no more than others. */
const SAMPLE_CELLS = 1600
const CLOSE_LOOK_CELLS = 10_000
/** So many results of each statement are watched, and after them one of so many: what the first have shown, the rest repeat. */
const FIRST_RESULTS = 30
const ONE_OF = 16
/** Statements remembered; those after them are watched in samples only. */
const REMEMBERED = 2000

/** A longer statement is remembered by its fingerprint. */
const LONG_TEXT = 1000

interface Watched {
  log: ReadLog
  rows: number
  /** Rows of which nothing is left out. */
  rowsWatched: number
}

export interface WatcherSettings {
  /** Statements remembered. */
  remembered?: number
  /**
   * Every result is looked at closely, so that what is seen of one does not depend on those before it: traces that are
   * collected from several processes are to be the same, whichever process they were in.
   */
  everyResult?: boolean
}

export function rowWatcher(
  countError: (error: unknown) => void,
  { remembered = REMEMBERED, everyResult = false }: WatcherSettings = {},
): RowWatcher {
  /** Returns whether there was room for it. */
  const remember = <Value>(statements: Map<string, Value>, key: string, value: Value): boolean => {
    if (statements.size >= remembered && !statements.has(key)) return false
    statements.set(key, value)
    return true
  }

  const results = new WeakMap<RecordedQuery, Watched>()
  /** By statement under suspicion, how many of its results have come since. */
  const suspected = new Map<string, number>()
  /** Statements whose rows were read after their trace: no trace shows all of what becomes of them. */
  const outlived = new Set<string>()

  /** By statement, what has been read of the latest result that was watched in part; that may still be going on. */
  const latest = new Map<string, ReadLog>()

  const takesCloseLook = ({ sql }: RecordedQuery, rows: number): boolean => {
    if (rows <= SAMPLE_ROWS && suspected.size === 0) return false
    const { key } = fingerprint(sql)
    const before = latest.get(key)
    const count = suspected.get(key) ?? (before && isSuspicious(before) ? 0 : undefined)
    if (count === undefined || !remember(suspected, key, count + 1)) return false
    return count < CLOSE_LOOKS || isPowerOfTwo(count)
  }

  /** By the statement's text, how many of its results have come. */
  const counts = new Map<string, number>()
  const isTurn = ({ sql }: RecordedQuery): boolean => {
    const name = sql.length > LONG_TEXT ? fingerprint(sql).key : sql
    const count = (counts.get(name) ?? 0) + 1
    return !remember(counts, name, count) || count <= FIRST_RESULTS || count % ONE_OF === 0
  }

  const watch: RowWatcher['watch'] = (query, rows, shape) => {
    if (!isRow(rows[0]) || !(everyResult || isTurn(query))) return
    const [mostRows, mostCells] =
      everyResult || takesCloseLook(query, rows.length)
        ? [CLOSE_LOOK_ROWS, CLOSE_LOOK_CELLS]
        : [SAMPLE_ROWS, SAMPLE_CELLS]
    const log = newReadLog()
    const rowsWatched = watchSome(rows, mostRows, mostCells, log, shape?.())
    results.set(query, { log, rows: rows.length, rowsWatched })
    if (rows.length > SAMPLE_ROWS) remember(latest, fingerprint(query.sql).key, log)
  }

  const conclude = (query: RecordedQuery) => {
    const watched = results.get(query)
    if (!watched || watched.log.objects.length === 0) return
    const { log, rows, rowsWatched } = watched
    const { key } = fingerprint(query.sql)
    query.usage = withoutNoting(() => usageOf(watched, outlived.has(key)))
    if (rowsWatched < rows && isSuspicious(log)) remember(suspected, key, suspected.get(key) ?? 0)
    log.objects.length = 0
    log.onNews = () => {
      if (outlived.size < remembered) outlived.add(key)
    }
  }

  const guarded =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args) => {
      try {
        act(...args)
      } catch (error) {
        countError(error)
      }
    }

  return {
    watch: guarded(watch),
    conclude: (queries) => queries.forEach(guarded(conclude)),
  }
}

/** There are columns, or rows, that would be reported as unread. */
function isSuspicious({ reads, copied, touched }: ReadLog): boolean {
  return touched.size < 2 || reads.some((count, column) => count === 0 && !copied[column])
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0
}

function isRow(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns how many rows are watched whole. */
function watchSome(
  rows: readonly unknown[],
  mostRows: number,
  mostCells: number,
  log: ReadLog,
  shape: RowShape | undefined,
): number {
  const nestedRows = mostRows
  const isFirstWhole = watchRow(rows[0], 0, log, shape, nestedRows)
  const cellsOfRow = log.objects.reduce((cells, { level }) => cells + level.keys.length, 0)
  const affordable = Math.max(1, Math.floor(mostCells / Math.max(1, cellsOfRow)))
  const chosen = evenlySpaced(rows.length, Math.min(mostRows, affordable))
  return chosen
    .slice(1)
    .reduce(
      (whole, index) => whole + Number(watchRow(rows[index], index, log, shape, nestedRows)),
      Number(isFirstWhole),
    )
}

function usageOf({ log, rows, rowsWatched }: Watched, areKept: boolean): RowUsage {
  const paths = [...log.columns.keys()]
  const read = paths.filter((_, column) => (log.reads[column] ?? 0) > 0)
  const rest = paths.filter((_, column) => (log.reads[column] ?? 0) === 0)
  const isUnread = (path: string) => !areKept && !log.copied[log.columns.get(path) ?? -1]
  const unread = rest.filter(isUnread)
  return {
    read,
    serialized: rest.filter((path) => !isUnread(path)),
    unread,
    rowsTouched: areKept ? rows : log.touched.size,
    ...(log.touched.size > 0 ? { firstTouched: Math.min(...log.touched) } : {}),
    ...(rowsWatched < rows ? { rowsWatched } : {}),
    ...(unread.length > 0 ? { unreadBytes: bytesOf(unread, log, rows) } : {}),
  }
}

/** The average of a sample's rows, times all rows. */
function bytesOf(
  unread: readonly string[],
  { columns, objects }: ReadLog,
  rows: number,
): Record<string, number> {
  const rowsSeen = [...new Set(objects.map(({ row }) => row))]
  const sample = new Set(evenlySpaced(rowsSeen.length, SAMPLE_ROWS).map((index) => rowsSeen[index]))
  const sizes = new Map(unread.map((path) => [columns.get(path), 0]))
  for (const { row, level, values } of objects) {
    if (!sample.has(row)) continue
    level.numbers.forEach((number, position) => {
      const size = sizes.get(number)
      if (size !== undefined) sizes.set(number, size + valueBytes(values[position]))
    })
  }
  return Object.fromEntries(
    unread.map((path) => [path, Math.round(((sizes.get(columns.get(path)) ?? 0) / sample.size) * rows)]),
  )
}
