/**
 * A database that a connection of the application leads to. The adapter of each driver describes it, so that the catalog can be
 * read, and plans can be asked for, without knowing any driver.
 */
export interface Database {
  /** Equal for all connections that reach the same database as the same role. */
  readonly identity: string
  /** The name of the database, for messages. */
  readonly name: string | undefined
  /**
   * Opens a connection of its own, calls `use` with a function that sends statements over it, and resolves with what `use` resolved
   * with. Rejects with the error of the driver or of `use`. The connection must
   * - take no connection from a pool of the application,
   * - keep no process alive, and be closed when the promise settles,
   * - give up within the given time, and never be profiled itself.
   */
  session<Result>(limits: QueryLimits, use: (send: SendStatement) => Promise<Result>): Promise<Result>
}

/** Sends one statement without parameters, as a simple query, and resolves with the rows of its result, as objects or arrays. */
export type SendStatement = (sql: string) => Promise<readonly unknown[]>

export interface QueryLimits {
  /** Shown in pg_stat_activity. */
  applicationName: string
  connectTimeoutMs: number
  /** For all statements as a whole, for each statement, and for each lock that it waits for. */
  queryTimeoutMs: number
}
