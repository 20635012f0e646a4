// A server that was started for a run, as the other files of this folder know it.

/** All that is needed to make databases on a server; plain data, so it can be handed to another process. */
export interface PostgresAddress {
  /** A connection URL of a user who may create databases. */
  url: string
  /** Every database made during this run begins with this. */
  databasePrefix: string
}

/** Each way of starting a server returns this. */
export interface StartedServer {
  url: string
  describe: string
  stop(): Promise<void>
}
