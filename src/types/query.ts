// The facts about one query: plain data that can be written to a file and read back.

/** A position in the application's source. `line` and `column` start at 1. */
export interface Frame {
  file: string
  line: number
  column?: number
  function?: string
}

/** The application frames that led to a query, innermost first. Empty when no frame of the application is known. */
export type CallSite = readonly Frame[]

/** A column of a result, with its table where PostgreSQL reports it. For expressions the ids are 0 or absent. */
export interface ResultColumn {
  readonly name: string
  /** `schema.table`, known only with a catalog. */
  readonly table?: string
  /** `pg_attribute.attrelid` */
  readonly tableId?: number
  /** `pg_attribute.attnum` */
  readonly columnId?: number
}

/** The fact that one value of a query came from a column of an earlier query's rows. */
export interface ValueFlow {
  /** Position of the value among the `?` of the fingerprint's text, starting at 0. */
  readonly param: number
  /** Position of the earlier query in the trace, starting at 0. */
  readonly query: number
  readonly column: string
  readonly table?: string
  /** Number of rows that the earlier query returned. For a column inside of documents: the number of array elements. */
  readonly rows: number
  /**
   * Estimated probability that the column contains the values by chance. Absent when the origin was recorded, not inferred.
   */
  readonly chance?: number
}

/** How the application used the rows of one result, as far as they were watched. */
export interface RowUsage {
  /** Columns that were read by name. `posts.title` is a column of rows that are nested in other rows. */
  readonly read: readonly string[]
  /**
   * Columns that were passed on with the whole row, by copying or serialising it. Whether other code reads them is unknown.
   */
  readonly serialized: readonly string[]
  readonly unread: readonly string[]
  /** Unread columns that the functions of the call site mention by name: another branch may read them. */
  readonly named?: readonly string[]
  /** Number of watched rows of which at least one column was read. */
  readonly rowsTouched: number
  /** Position of the first row that was read, starting at 0. Absent when none was. */
  readonly firstTouched?: number
  /** Number of watched rows, spread evenly over the result. Absent when all rows were watched. */
  readonly rowsWatched?: number
  /** Bytes of each unread column over all rows, estimated from the values in a sample of rows. */
  readonly unreadBytes?: Readonly<Record<string, number>>
}

/** The proven limit on the size of a result, whatever the tables contain. */
export interface ResultBound {
  /** Maximum number of rows. Absent when the result is unlimited. */
  readonly rows?: number
  /** Maximum number of elements of an array inside one row. It is 0 when there is no array, and absent when unlimited. */
  readonly nested?: number
  /** The reason in words: what limits the result, or why nothing does. */
  readonly reason: string
  /** The largest table that the statement reads. `tableRows` is the planner's estimate of its rows. */
  readonly table?: string
  readonly tableRows?: number
  /** Columns that define a unique order of the rows, as the statement would name them: `orders.id`. */
  readonly key?: readonly string[]
  /** True when a unique key finds at most one row, so that the LIMIT drops none. Absent without a LIMIT. */
  readonly findsOneRow?: true
}

/** The tables that a statement reads and changes beyond those named in its text, according to the catalog. */
export interface Effects {
  /** Tables behind views, and the other parts of partitioned tables. */
  readonly reads?: readonly string[]
  /** True when the statement calls functions of the database, which may read any table. */
  readonly readsAnything?: boolean
  /** Tables that foreign keys change together with the written tables. */
  readonly writes?: readonly string[]
  /** True when the statement runs triggers, rules or volatile functions of the database, which may change any table. */
  readonly writesAnything?: boolean
}

/** The source code around a query, so that a remedy can use the application's own names. */
export interface QuerySource {
  /** The calls that send the query, as written in the source, without `await`: `db.select().from(orders)`. */
  readonly expression: string
  /** How the result is used: not at all, only its `rows`, or in any other way. */
  readonly result: 'unused' | 'rows' | 'used'
  /** True for TypeScript. */
  readonly isTyped: boolean
  /** How the file loads modules. */
  readonly modules: 'import' | 'require'
  /** Names that the file imports from a module that remedies import from, such as `drizzle-orm`. */
  readonly imported: readonly string[]
  /** Names that a remedy could import or declare, but that the file already uses for something else. */
  readonly taken: readonly string[]
  /** The loop around the calls. Absent when the calls could not be moved in front of the loop. */
  readonly loop?: SourceLoop
}

export interface SourceLoop {
  /** The expression that the loop iterates over: `orders`. */
  over: string
  /** True when `over` is an array, so that it has `map`. */
  isArray: boolean
  /** The loop variable: `order`, or `{ id, customerId }`. */
  each: string
  /** The names that `each` declares. */
  names: readonly string[]
  /**
   * The calls, with constants of the loop's body replaced by their values. Absent when the calls use other variables of the
   * body.
   */
  expression?: string
  /** True when a condition in the loop decides whether the query is sent. */
  isConditional: boolean
  /** True when `await` is allowed in front of the loop. */
  mayAwait: boolean
  /** True when the loop is inside another loop. */
  isNested: boolean
}

/** One statement, sent once. Times are milliseconds from the start of the trace. */
export interface Query {
  readonly sql: string
  /**
   * Length of the whole statement in characters, when only its beginning was kept. Such a statement is compared with no
   * other.
   */
  readonly sqlLength?: number
  readonly params?: readonly unknown[]
  /** The LIMIT and OFFSET in force, whether written in the statement or given as parameters. */
  readonly limit?: number
  readonly offset?: number
  /** Keyed hashes of the values, in the order of the fingerprint's `?`. Within one trace, equal values have equal hashes. */
  readonly valueHashes?: readonly (string | readonly string[])[]
  readonly startMs?: number
  /** Time of execution, without the wait for a connection. */
  readonly durationMs?: number
  /** Time of the wait for a connection of the pool. */
  readonly waitMs?: number
  readonly rows?: number
  readonly bytes?: number
  /** True when the rows were fetched in portions: by a cursor, a stream or the driver's option `rows`. */
  readonly inPortions?: boolean
  /** Hash of the result. Within one trace, equal results have equal hashes. */
  readonly resultHash?: string
  readonly columns?: readonly ResultColumn[]
  /** The library that built the statement, such as `drizzle`. */
  readonly via?: string
  /** The tables of the statement, where that library reports them. */
  readonly tables?: readonly string[] | undefined
  /** True when the query started after the response of its request was sent. */
  readonly afterResponse?: boolean
  readonly connection?: number
  readonly transaction?: number
  /** Name of the prepared statement; `~` replaces a name that is built from data. */
  readonly prepared?: string
  /** The SQLSTATE of the database's error, or the error code of Node.js. */
  readonly error?: string
  readonly callSite?: CallSite
  /**
   * How many frames of the call site, innermost first, were running. The others were waiting for them at an `await`. Absent
   * when unknown.
   */
  readonly runningFrames?: number
  /** True when several calls may share this call site, so that the same call site twice does not prove a loop. */
  readonly callersUnknown?: true
  /** The place where the query was built, when it differs from the place where it was sent. */
  readonly builtAt?: Frame | undefined
  /** Present for the first query of each call that repeats a statement. */
  readonly source?: QuerySource
  readonly flow?: readonly ValueFlow[]
  /** Present for a SELECT when the catalog is known. */
  readonly bound?: ResultBound
  /** Absent without a catalog, and when the statement's text names everything that it reads and changes. */
  readonly effects?: Effects
  /** Absent when there were no rows, or when they were not watched. */
  readonly usage?: RowUsage
  /** Reasons, given in the code, to suppress findings about this query. */
  readonly ignored?: readonly Ignore[] | undefined
}

/** A reason to suppress findings about a query, and the detectors that it is for. */
export interface Ignore {
  /** Whether the reason was given by a call of `ignore` around the query, or by a comment in its statement. */
  by: 'ignore' | 'comment'
  /** Empty when a comment gives no reason. Such a comment suppresses nothing. */
  reason: string
  /** Ids of detectors. Absent when the reason is for all detectors. */
  detectors?: readonly string[] | undefined
  /** The last day on which the reason is valid, in UTC: `YYYY-MM-DD`. */
  until?: string | undefined
}
