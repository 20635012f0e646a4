// What is known of one query: plain data that can be written to a file and read back.

/** A position in the application's source. `line` and `column` start at 1. */
export interface Frame {
  file: string
  line: number
  column?: number
  function?: string
}

/** The application frames that led to a query, innermost first. Empty where none could be had. */
export type CallSite = readonly Frame[]

/** A column of a result, with the table it came from where PostgreSQL tells (0 and absent for expressions). */
export interface ResultColumn {
  readonly name: string
  /** `schema.table`, known only with a catalog. */
  readonly table?: string
  /** `pg_attribute.attrelid` */
  readonly tableId?: number
  /** `pg_attribute.attnum` */
  readonly columnId?: number
}

/** One value of a query that came from a column of an earlier query's rows. */
export interface ValueFlow {
  /** Position among the values of the query, as `?` count in the fingerprint's text. */
  readonly param: number
  /** Position of the earlier query in the trace. */
  readonly query: number
  readonly column: string
  readonly table?: string
  /** How many rows that earlier query returned; of a column inside documents, how many elements. */
  readonly rows: number
  /** That the column holds the values by accident, estimated. Absent: whoever recorded it knows where they came from. */
  readonly chance?: number
}

/** What the application did with the rows of one result, as far as it was watched. */
export interface RowUsage {
  /** Columns it read by their name; `posts.title` is a column of rows that are nested in others. */
  readonly read: readonly string[]
  /** Columns it handed on with the whole row, by copying or serialising it: whether anybody reads them is not known. */
  readonly serialized: readonly string[]
  readonly unread: readonly string[]
  /** Unread ones that the functions on the call site name: another branch may read them. */
  readonly named?: readonly string[]
  /** Watched rows of which it read anything at all. */
  readonly rowsTouched: number
  /** Number of the first of them, counted from 0; absent when there is none. */
  readonly firstTouched?: number
  /** Rows that were watched, spread evenly over the result. Absent: all of them. */
  readonly rowsWatched?: number
  /** Bytes of each unread column over all rows, estimated from the size of its values in a sample of them. */
  readonly unreadBytes?: Readonly<Record<string, number>>
}

/** What is proven of the size of a result, whatever the tables hold. */
export interface ResultBound {
  /** The most rows; absent when nothing bounds them. */
  readonly rows?: number
  /** The most elements of an array inside a row: 0 without one, absent when nothing bounds them. */
  readonly nested?: number
  /** What bounds it, or what does not, in words. */
  readonly reason: string
  /** The largest table it reads, with the planner's estimate of its rows. */
  readonly table?: string
  readonly tableRows?: number
  /** Columns that order its rows in one way only, as the statement would name them: `orders.id`. */
  readonly key?: readonly string[]
  /** Its unique key finds one row at most, so that its LIMIT leaves out none. Absent without a LIMIT. */
  readonly findsOneRow?: true
}

/** What a statement reads and changes beyond the tables that its text names, as the catalog tells. */
export interface Effects {
  /** Tables behind its views, and the other parts of partitioned ones. */
  readonly reads?: readonly string[]
  /** It calls functions of the database, which may read any table. */
  readonly readsAnything?: boolean
  /** Tables that foreign keys change along with those it writes. */
  readonly writes?: readonly string[]
  /** It runs triggers, rules or volatile functions of the database, which may change any table. */
  readonly writesAnything?: boolean
}

/** What the source around a query shows, so that a remedy can be written in the application's own words. */
export interface QuerySource {
  /** The calls that send it, as they are written, without `await`: `db.select().from(orders)`. */
  readonly expression: string
  /** What becomes of the result: nothing, only its `rows` are used, or anything else. */
  readonly result: 'unused' | 'rows' | 'used'
  /** It is TypeScript. */
  readonly isTyped: boolean
  /** How the file loads modules. */
  readonly modules: 'import' | 'require'
  /** Names that the file imports from `drizzle-orm`. */
  readonly imported: readonly string[]
  /** Names that the file uses for something else, of those that a remedy could import or declare. */
  readonly taken: readonly string[]
  /** The loop around the calls, where they could also stand before it. */
  readonly loop?: SourceLoop
}

export interface SourceLoop {
  /** What it goes through: `orders`. */
  over: string
  /** It is an array, and has `map`. */
  isArray: boolean
  /** What stands for one of them: `order`, or `{ id, customerId }`. */
  each: string
  /** The names in `each`. */
  names: readonly string[]
  /** The calls with the constants of the loop's body in their place. Absent where they use something else of it. */
  expression?: string
  /** A condition in the loop decides whether the query is sent. */
  isConditional: boolean
  /** `await` may stand before it. */
  mayAwait: boolean
  /** It stands in another loop. */
  isNested: boolean
}

/** One statement sent once. Times are milliseconds from the start of the trace. */
export interface Query {
  readonly sql: string
  /** Characters of the statement, when only its start was kept: what is not known whole is compared with nothing. */
  readonly sqlLength?: number
  readonly params?: readonly unknown[]
  /** The LIMIT and OFFSET in force, parameters included. */
  readonly limit?: number
  readonly offset?: number
  /** Keyed hashes of the values, in the order of the fingerprint's `?`: equal values have equal hashes within one trace. */
  readonly valueHashes?: readonly (string | readonly string[])[]
  readonly startMs?: number
  /** Execution, without the wait for a connection. */
  readonly durationMs?: number
  /** Wait for a pooled connection. */
  readonly waitMs?: number
  readonly rows?: number
  readonly bytes?: number
  /** Its rows were asked for in portions: by a cursor, a stream or the driver's option `rows`. */
  readonly inPortions?: boolean
  /** Equal results have equal hashes within one trace. */
  readonly resultHash?: string
  readonly columns?: readonly ResultColumn[]
  /** The library that built the statement, such as `drizzle`. */
  readonly via?: string
  /** The tables it touches, where that library told. */
  readonly tables?: readonly string[] | undefined
  /** Started after the response of its request was sent. */
  readonly afterResponse?: boolean
  readonly connection?: number
  readonly transaction?: number
  /** Name of the prepared statement; `~` for one that is built from data. */
  readonly prepared?: string
  /** SQLSTATE of the database's error, or the error code of Node.js. */
  readonly error?: string
  readonly callSite?: CallSite
  /**
   * How many frames of the call site, innermost first, were running; the others waited for them at an `await`. Absent where
   * that is not known.
   */
  readonly runningFrames?: number
  /** Several calls may have this call site, so that the same one twice is no sign of a loop. */
  readonly callersUnknown?: true
  /** Where the query was built, when that is not where it was sent. */
  readonly builtAt?: Frame | undefined
  /** Known of the first query of each call that repeats a statement. */
  readonly source?: QuerySource
  readonly flow?: readonly ValueFlow[]
  /** Known of a SELECT when the catalog is. */
  readonly bound?: ResultBound
  /** Absent where there is nothing beyond the statement's text, and without a catalog. */
  readonly effects?: Effects
  /** Absent when the rows were not watched, and when there were none. */
  readonly usage?: RowUsage
  /** Who said in the code that findings about this query are left out, and why. */
  readonly ignored?: readonly Ignore[] | undefined
}

/** Why, and for which detectors, findings about a query are left out. */
export interface Ignore {
  /** A call of `ignore` around the query, or a comment in its statement. */
  by: 'ignore' | 'comment'
  /** Empty where a comment gives none; it then leaves out nothing. */
  reason: string
  /** Absent: all. */
  detectors?: readonly string[] | undefined
  /** The last day on which it counts, in UTC: `YYYY-MM-DD`. */
  until?: string | undefined
}
