// The clients of one pool: who uses each, and how long the application waited for it. Between two uses a client is the
// pool's own: what onConnect, `verify` and listeners send then belongs to no request, whichever request made the pool
// open the connection.
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
  /** All that are open. */
  _clients?: ClientLike[]
  _idle?: { client: ClientLike }[]
  options?: object
}

export interface PooledClient {
  isPoolsOwn: boolean
  /** Set while `pool.query` calls `client.query`. */
  handedOn?: HandedOn | undefined
  /** By `pool.connect`, until its first query. */
  checkedOut?: { readonly trace: TraceHandle | undefined; readonly waitedMs: number } | undefined
}

export interface PoolClients {
  /** The pool has made a new one. */
  add(client: ClientLike): PooledClient
  /** The pool gives it to the application; `undefined` once this is undone. */
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
    // Somebody may have profiled it alone; queries of the pool would be seen twice.
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
      // Another trace may use the client that this one has checked out: that one has not waited.
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
  // Before the application's own listeners, which may send queries.
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
