// Profiles one pool, which stays the application's own object: its class, its events and its return values are pg's.
// `pool.query` is recorded where it is called, and what was recorded is handed on, synchronously, to the client that
// pg-pool calls back with, so that each query is seen once and in its caller's trace.
import { assertProfiler, defaultProfiler, type Profiler } from '../../src/profiler.ts'
import { sharedState } from '../../src/shared-state.ts'
import type { QueryRecording } from '../../src/trace/live-trace.ts'
import { replaceMethod } from './own-method.ts'
import { type ClientLike, type Handoff, profileClient } from './profile-client.ts'
import { startQuery } from './start-query.ts'

/** What is needed of a `pg.Pool`, so that no copy of pg has to be imported. */
export interface PoolLike {
  query(...args: never[]): unknown
  connect(...args: never[]): unknown
  on(...args: never[]): unknown
  removeListener(...args: never[]): unknown
}

interface PoolInside extends PoolLike {
  on(event: 'acquire' | 'remove', listener: (client: ClientLike) => void): unknown
  removeListener(event: 'acquire' | 'remove', listener: (client: ClientLike) => void): unknown
  Client: new (...args: never[]) => ClientLike
  ending?: boolean
  ended?: boolean
}

type ConnectCallback = (error: unknown, client?: ClientLike, release?: unknown) => unknown

/**
 * Records every query of the pool, and returns the pool. A pool that is profiled already is returned as it is, and so
 * is any pool while the profiler is off.
 *
 * @throws TypeError when it is given something that is no pool, Error when the pool has been ended.
 */
export function profilePool<Pool extends PoolLike>(pool: Pool, profiler: Profiler = defaultProfiler()): Pool {
  assertProfiler(profiler, 'profilePool')
  const inside = assertOpenPool(pool)
  const { instrumented } = sharedState()
  if (!profiler.enabled || instrumented.has(pool)) return pool

  /** Set while `pool.query` calls `pool.connect`, and again while pg-pool calls back with the client it got. */
  let called: { recording: QueryRecording | undefined } | undefined
  let handoff: Handoff | undefined

  const undoQuery = replaceMethod(pool, 'query', (callOriginal) => {
    return function query(...args: unknown[]): unknown {
      called = { recording: startQuery(profiler, args, query) }
      try {
        return callOriginal(
          args.map((arg, i) => (i > 0 && isFunction(arg) ? profiler.context.bind(arg) : arg)),
        )
      } finally {
        called = undefined
      }
    }
  })

  const undoConnect = replaceMethod(pool, 'connect', (callOriginal) => {
    return function connect(callback?: ConnectCallback, ...rest: unknown[]): unknown {
      const query = called
      called = undefined
      if (!isFunction(callback)) return callOriginal([callback, ...rest])
      if (!query) return callOriginal([profiler.context.bind(callback), ...rest])
      const handOn: ConnectCallback = (error, client, release) => {
        if (!client) {
          query.recording?.failed(error)
          return callback(error, client, release)
        }
        handoff = { client, recording: query.recording }
        try {
          return callback(error, client, release)
        } finally {
          handoff = undefined
        }
      }
      return callOriginal([handOn, ...rest])
    }
  })

  const clients = new Map<ClientLike, () => void>()
  let connections = 0
  const addClient = (client: ClientLike) => {
    if (clients.has(client)) return
    clients.set(client, profileClient(client, profiler, ++connections, takeHandoff))
  }
  const removeClient = (client: ClientLike) => clients.delete(client)
  const takeHandoff = (client: ClientLike) => {
    if (handoff?.client !== client) return undefined
    const taken = handoff
    handoff = undefined
    return taken
  }
  // Clients to come are seen as they are made, so that queries of the pool's onConnect are too; earlier ones when used.
  const { Client } = inside
  const ProfiledClient: typeof Client = new Proxy(Client, {
    construct(target, args, newTarget) {
      const client = Reflect.construct(target, args, newTarget === ProfiledClient ? target : newTarget)
      addClient(client)
      return client
    },
  })
  inside.Client = ProfiledClient
  inside.on('acquire', addClient)
  inside.on('remove', removeClient)

  instrumented.set(pool, () => {
    instrumented.delete(pool)
    undoQuery()
    undoConnect()
    if (inside.Client === ProfiledClient) inside.Client = Client
    inside.removeListener('acquire', addClient)
    inside.removeListener('remove', removeClient)
    for (const undoClient of clients.values()) undoClient()
    clients.clear()
  })
  return pool
}

/** Takes the profiler off the pool and its clients; a pool that is not profiled is left alone. Returns the pool. */
export function unprofilePool<Pool extends PoolLike>(pool: Pool): Pool {
  sharedState().instrumented.get(pool)?.()
  return pool
}

function assertOpenPool(pool: PoolLike): PoolInside {
  const inside = pool as Partial<PoolInside> | null | undefined
  if (!isFunction(inside?.query) || !isFunction(inside.connect) || !isFunction(inside.Client)) {
    throw new TypeError(`pg-loupe: profilePool takes a pg.Pool, but got ${describe(pool)}`)
  }
  if (inside.ending || inside.ended) {
    throw new Error('pg-loupe: profilePool got a pool that has been ended; profile it when you create it')
  }
  return inside as PoolInside
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  if ('$client' in value)
    return 'a Drizzle database: give profilePool the pool and profileDrizzle the database'
  return `an object of class ${value.constructor?.name ?? 'null'}`
}

function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function'
}
