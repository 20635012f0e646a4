// The members that are used of postgres.js, internal ones included, in all versions from 3.3 on. The types are structural, so that
// no copy of the package has to be imported.

/** The function that `postgres()` returns. */
export interface PostgresLike {
  // biome-ignore lint/suspicious/noExplicitAny: the tag has overloads, which fit no other type
  (...args: any[]): any
  unsafe(...args: never[]): unknown
  begin(...args: never[]): unknown
  readonly options: object
}

/** A query of postgres.js. It is lazy: nothing is sent before `handle` is called. */
export interface QueryInside {
  /** The parts of the template, or one part for `unsafe` and `file`; none until the file has been read. */
  strings: readonly string[]
  args: readonly unknown[]
  tagged: boolean
  /** The same function for all queries of one pool, in its transactions too. It is `null` after `cancel`. */
  canceller: object | null
  options: { simple?: boolean; prepare?: boolean }
  /** The connection, once the query has been written to it. */
  state: Backend | null
  /** Whether `handle` has been called. */
  executed: boolean
  cancelled: unknown
  /** Whether the server works on this query. Queries behind it on the same connection are written, and not active yet. */
  active: boolean
  /** `true` for rows of buffers, `'values'` for rows of values. */
  isRaw?: boolean | 'values'
  cursorRows?: number
  cursorFn?: RowsCallback
  forEachFn?: RowCallback
  onlyDescribe?: boolean
  resolve(result: unknown): void
  reject(error: unknown): void
}

type RowsCallback = (rows: ResultLike) => unknown
type RowCallback = (row: unknown, result: ResultLike) => unknown

/** Stands for one connection. A connection that is opened again has the same object, with another process id. */
export interface Backend {
  pid: number | null
}

/** An array of rows with the facts about them. */
export interface ResultLike extends ReadonlyArray<unknown> {
  count: number | null
  command: string | null
  columns: readonly ColumnLike[] | null
  statement?: { columns?: readonly ColumnLike[] } | null
}

export interface ColumnLike {
  name: string
  table: number
  number: number
  type: number
}

/** The statement that `describe` resolves with. */
export interface DescribedStatement {
  string: string
  columns?: readonly ColumnLike[]
}

/** The options that postgres.js has parsed. */
export interface OptionsInside {
  host?: readonly string[]
  port?: readonly number[]
  path?: string | false
  user?: string
  database?: string
  ssl?: unknown
  max?: number
  prepare?: boolean
  socket?: unknown
  connection?: Record<string, unknown>
}

export type QueryClass = (new (...args: never[]) => QueryInside) & { prototype: object }
