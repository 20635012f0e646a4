// Follows the clients of one pool: which code uses each, and how long the application waited for it. Between two uses a client
// belongs to the pool: queries that onConnect, `verify` and listeners send then belong to no request, not even to the request for
// which the pool opened the connection.
import type { Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import type { TraceHandle } from '../../src/trace/trace-handle.ts'
import type { ClientLike } from './client-like.ts'
import { type HandedOn, unprofileClient, watchClient } from './profile-client.ts'
import type { Sender } from './start-query.ts'

type ClientListener = (client: ClientLike) => void

export interface PoolOfClients {
  prependListener(event: 'acquire', listener: ClientListener): unknown
  on(event: 'remove', listener: ClientListener): unknown
  removeListener(event: 'acquire' | 'remove', listener: ClientListener): unknown
  /** All open clients. */
  _clients?: ClientLike[]
  _idle?: { client: ClientLike }[]
  options?: object
}

export interface PooledClient {
  isPoolsOwn: boolean
  /** Set while `pool.query` calls `client.query`. */
  handedOn?: HandedOn | undefined
  /** Set by `pool.connect`, until the first query. */
  checkedOut?: { readonly trace: TraceHandle | undefined; readonly waitedMs: number } | undefined
}

export interface PoolClients {
  /** The pool has made a new client. */
  add(client: ClientLike): PooledClient
  /** The pool gives the client to the application. Returns `undefined` once this was undone. */
  handOut(client: ClientLike): PooledClient | undefined
  undo(): void
}

export function watchPoolClients(pool: PoolOfClients, profiler: Profiler): PoolClients {
  const known = new Map<ClientLike, PooledClient>()
  const { context } = recorderOf(profiler)
  let isUndone = false

  const add = (client: ClientLike) => {
    const pooled: PooledClient = { isPoolsOwn: true, handedOn: undefined, checkedOut: undefined }
    known.set(client, pooled)
    // The application may have profiled the client alone; its queries would then be recorded twice.
    unprofileClient(client)
    const takeHandedOn = () => {
      const { handedOn } = pooled
      pooled.handedOn = undefined
      return handedOn
    }
    const sender = (): Sender => {
      const { checkedOut, isPoolsOwn } = pooled
      if (isPoolsOwn) return { isPool: true }
      pooled.checkedOut = undefined
      // Another trace may use a client that this one has checked out. That trace has not waited.
      return { waitedMs: checkedOut?.trace === context.get() ? checkedOut?.waitedMs : undefined }
    }
    watchClient(client, profiler, { isPooled: true, poolOptions: pool.options, sender, takeHandedOn })
    return pooled
  }
  const handOut = (client: ClientLike) => {
    if (isUndone) return undefined
    const pooled = known.get(client) ?? add(client)
    pooled.isPoolsOwn = false
    return pooled
  }
  const acquired = (client: ClientLike) => {
    const pooled = known.get(client) ?? add(client)
    pooled.isPoolsOwn = true
  }
  const removed = (client: ClientLike) => {
    known.delete(client)
  }

  const idle = new Set(pool._idle?.map(({ client }) => client))
  for (const client of pool._clients ?? []) {
    if (idle.has(client)) add(client)
    else handOut(client)
  }
  // This listener comes before those of the application, which may send queries.
  pool.prependListener('acquire', acquired)
  pool.on('remove', removed)

  return {
    add,
    handOut,
    undo() {
      isUndone = true
      pool.removeListener('acquire', acquired)
      pool.removeListener('remove', removed)
      for (const client of known.keys()) unprofileClient(client)
      known.clear()
    },
  }
}
