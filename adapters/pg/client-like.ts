// The members that are used of a `pg.Client`, internal ones included, in all versions from 8.11 on. The types are structural, so
// that no copy of pg has to be imported. A member that a version or `pg.native` lacks means one fact less, and never an error.
import type { DriverField } from '../../src/trace/query-recording.ts'

/** The method that is used of a `pg.Client`. */
export interface ClientLike {
  query(...args: never[]): unknown
}

export interface ClientInside extends ClientLike {
  /** The promise implementation that the application has configured. */
  _Promise?: PromiseConstructor
  /** Absent in `pg.native`. */
  connection?: WireLike
  pipeline?: boolean
  replication?: unknown
  readyForQuery?: boolean
  _connected?: boolean
  _hasActiveQuery?: () => boolean
  _activeQuery?: object | null
  _queryQueue?: object[]
  _sentQueryQueue?: object[]
  /** The name before 8.16; in later versions reading it warns. */
  queryQueue?: object[]
  _txStatus?: string | null
}

/** pg's `Connection`: messages of the protocol as events. */
interface WireLike {
  stream?: { bytesRead?: number }
  on(event: string, listener: (message?: Message) => void): unknown
  prependListener(event: string, listener: (message?: Message) => void): unknown
  removeListener(event: string, listener: (message?: Message) => void): unknown
}

/** A message of the protocol. `length` does not include the byte of its type. */
export interface Message {
  length?: number
  /** In readyForQuery: `I` outside of a transaction, `T` in one, `E` in one that has failed. */
  status?: string
  /** In commandComplete: `SELECT 3`. */
  text?: string
  fields?: readonly DriverField[]
}

/** The queries that wait for their turn on the connection. */
export function waitingQueries(client: ClientInside): readonly object[] {
  return ('_queryQueue' in client ? client._queryQueue : client.queryQueue) ?? []
}

/** Whether the next query is sent at once: no query is under way, or queries need not wait for each other. */
export function isFree(client: ClientInside): boolean {
  if (client.pipeline) return client._connected === true
  if (waitingQueries(client).length > 0) return false
  if (client.connection) return client.readyForQuery === true
  return client._connected === true && !client._hasActiveQuery?.()
}
