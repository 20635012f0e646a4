// What is used of a `pg.Client`, its inside included, over all versions from 8.11 on. Structural, so that no copy of pg
// has to be imported; whatever a version or `pg.native` lacks is a fact less, and never an error.
import type { DriverField } from '../../src/trace/query-recording.ts'

/** What is needed of a `pg.Client`. */
export interface ClientLike {
  query(...args: never[]): unknown
}

export interface ClientInside extends ClientLike {
  /** The promise implementation it was configured with. */
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

/** A message of the protocol; `length` leaves out the byte of its type. */
export interface Message {
  length?: number
  /** Of readyForQuery: `I` outside of a transaction, `T` in one, `E` in one that has failed. */
  status?: string
  /** Of commandComplete: `SELECT 3`. */
  text?: string
  fields?: readonly DriverField[]
}

/** The queries that wait for their turn on the connection. */
export function waitingQueries(client: ClientInside): readonly object[] {
  return ('_queryQueue' in client ? client._queryQueue : client.queryQueue) ?? []
}

/** Whether the next query leaves at once: nothing is under way, or queries need not wait for each other. */
export function isFree(client: ClientInside): boolean {
  if (client.pipeline) return client._connected === true
  if (waitingQueries(client).length > 0) return false
  if (client.connection) return client.readyForQuery === true
  return client._connected === true && !client._hasActiveQuery?.()
}
