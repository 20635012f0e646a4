// The facts that a driver tells about one query: how it starts, when it is sent, and how it ends.
import type { CapturedStack } from './call-site/call-site.ts'
import type { RowShape } from './row-usage/row-watch.ts'

/**
 * A query that the application sends now. The fields may be getters: they are read only when the query is fully captured,
 * apart from `sql` and `isDriversOwn`.
 */
export interface QueryStart {
  /** The statement as the application wrote it, with placeholders for its parameters. */
  readonly sql: string
  /** The values of the placeholders, in their order. The list is copied; the values are compared and then dropped. */
  readonly params?: readonly unknown[] | undefined
  /**
   * The function of the driver that the application called. The call site starts with its caller. Without it, it starts with the
   * innermost frame outside of `node_modules`, which is right for a driver that is installed as a package.
   */
  readonly calledFunction?: ((...args: never[]) => unknown) | undefined
  /**
   * The stack where the application made the query, for a driver that sends a query later than it is made. It takes the place of
   * `calledFunction`.
   */
  readonly madeAt?: CapturedStack | undefined
  /** The library whose syntax built the statement, for remedies in that syntax. */
  readonly via?: string | undefined
  /** The name of the prepared statement. */
  readonly prepared?: string | undefined
  /** The rows are read in portions, by a cursor or a stream. */
  readonly inPortions?: boolean | undefined
  /** How long the application waited for this connection before it could send the query, in milliseconds. */
  readonly waitedMs?: number | undefined
  /** The driver sends the query for itself, such as the set-up of a connection: it belongs to no trace. */
  readonly isDriversOwn?: boolean | undefined
}

/** A column of a result. The names are those of the package `pg`, so that its results need no copy. */
export interface DriverField {
  readonly name: string
  /** `pg_attribute.attrelid` of the table that the column comes from; 0 or absent for an expression. */
  readonly tableID?: number
  /** `pg_attribute.attnum` of the column in that table; 0 or absent for an expression. */
  readonly columnID?: number
  /** `pg_type.oid` */
  readonly dataTypeID?: number
}

/** The answer to a query. */
export interface Outcome {
  /** How many rows were returned, or changed when none were returned. */
  rowCount: number
  fields?: readonly DriverField[] | undefined
  /** The rows as the driver made them: objects by column name, or arrays. Absent when `arrived` was called for each row. */
  rows?: readonly unknown[] | undefined
}

/**
 * The record of one query that has been started. A driver calls these functions as it learns the facts. It is safe to call them in
 * any order and any number of times, and none of them throws: the first outcome counts, and calls after the trace has
 * closed are ignored.
 */
export interface QueryRecording {
  /** Only the number of the query, its duration and its `rowCount` are kept: the driver need not determine anything else. */
  readonly isCounted: boolean
  /** The query is sent to the server now. `connection` is any object that stands for its connection. */
  sent(connection: object): void
  /** The query is part of the transaction that `transaction` stands for: the same object for all queries of one transaction. */
  inTransaction(transaction: object): void
  /** So many bytes of the answer have arrived on the wire so far. */
  received(bytes: number): void
  /** One row has arrived while others are still to come, as with a cursor; it took so many bytes on the wire. */
  arrived(row: unknown, fields: readonly DriverField[] | undefined, bytes?: number): void
  /** The query has succeeded. */
  finished(outcome: Outcome): void
  /** The query has failed: the SQLSTATE of the database, or an error code of Node.js such as `ECONNRESET`. */
  failed(code: string): void
  /**
   * The application gets these rows now, so from here on their columns are watched: which of them does it read? Call it last. `shape`
   * tells which properties hold nested rows, for libraries that nest them.
   */
  handsOver(rows: readonly unknown[] | undefined, shape?: () => RowShape): void
}
