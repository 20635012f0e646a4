/**
 * A database that a connection of the application leads to. The adapter of each driver describes it, so that the catalog can be
 * read without knowing any driver.
 */
export interface Database {
  /** Equal for all connections that reach the same database as the same role. */
  readonly identity: string
  /** The name of the database, for messages. */
  readonly name: string | undefined
  /**
   * Sends one statement on a connection of its own and resolves with the rows of its result, as objects or arrays. Rejects
   * with the error of the driver. The connection must
   * - take no connection from a pool of the application,
   * - keep no process alive, and be closed when the promise settles,
   * - give up within the given time, and never be profiled itself.
   */
  query(sql: string, limits: QueryLimits): Promise<readonly unknown[]>
}

export interface QueryLimits {
  /** Shown in pg_stat_activity. */
  applicationName: string
  connectTimeoutMs: number
  /** For the statement as a whole, and for each lock that it waits for. */
  queryTimeoutMs: number
}
