// Profiles one pool. The pool remains the object of the application: its class, its events and its return values are those of pg.
// `pool.query` is recorded where it is called. The record is passed, synchronously, to the client that pg-pool calls back with,
// so each query is recorded once and in the trace of its caller.

import { now } from '../../src/host/real-time.ts'
import { replaceMethod } from '../../src/host/replace-method.ts'
import { assertProfiler, defaultProfiler } from '../../src/profiler/default-profiler.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { errorCode } from '../../src/text/error-code.ts'
import { setupWatchFor } from '../observe/tell-setup.ts'
import type { ClientLike } from './client-like.ts'
import { Flight } from './connection-facts.ts'
import { pgDriver } from './driver.ts'
import { guardFor } from './guard.ts'
import { type PooledClient, type PoolOfClients, watchPoolClients } from './pool-clients.ts'
import { type HandedOn, UNRECORDED } from './profile-client.ts'
import { isFunction, isSubmittable } from './query-form.ts'
import { startRecording } from './start-query.ts'
import { keepContext } from './submittable.ts'

/** The methods that are used of a `pg.Pool`, so that no copy of pg has to be imported. */
export interface PoolLike {
  query(...args: never[]): unknown
  connect(...args: never[]): unknown
  on(...args: never[]): unknown
  removeListener(...args: never[]): unknown
}

interface PoolInside extends PoolOfClients, Pick<PoolLike, 'query' | 'connect'> {
  Client: new (...args: never[]) => ClientLike
  Promise?: PromiseConstructor
  ending?: boolean
  ended?: boolean
}

type ConnectCallback = (error: unknown, client?: ClientLike, release?: unknown) => unknown

/**
 * Records every query of the pool, and returns the pool. A pool that is profiled already is returned as it is, and so
 * is any pool while the profiler is off.
 *
 * @throws TypeError when the first argument is no pool, Error when the pool has been ended.
 */
export function profilePool<Pool extends PoolLike>(pool: Pool, profiler: Profiler = defaultProfiler()): Pool {
  assertProfiler(profiler, 'profilePool')
  const inside = assertOpenPool(pool)
  const { instrumented, profilerOf, leftOut } = sharedState()
  if (!profiler.enabled) return pool
  if (instrumented.has(pool)) {
    if ((profilerOf.get(pool) ?? profiler) !== profiler) tellOther()
    return pool
  }
  if (!Object.isExtensible(pool)) {
    throw new Error(
      'pg-loupe: profilePool got a pool that is frozen or sealed, whose methods cannot be replaced',
    )
  }
  profilerOf.set(pool, profiler)
  leftOut.delete(pool)

  /** The arguments of `pool.query`, while it calls `pool.connect`. */
  let calling: readonly unknown[] | undefined
  const clients = watchPoolClients(inside, profiler)
  const recorder = recorderOf(profiler)
  const { context } = recorder
  const guard = guardFor(recorder)
  let isUndone = false

  let poolQuery: (...args: never[]) => unknown
  const undoQuery = replaceMethod(pool, 'query', (original) => {
    poolQuery = query
    return query
    function query(...args: unknown[]): unknown {
      if (isUndone) return Reflect.apply(original(), pool, args)
      let bound: readonly unknown[] = args
      try {
        bound = boundHere(args)
      } catch (error) {
        recorder.countInternalError(error)
      }
      const outer = calling
      calling = args
      try {
        // A plain method call, which V8 can inline.
        return original().apply(pool, bound as unknown[])
      } finally {
        calling = outer
      }
    }
  })

  /** Binds callbacks and events to the context in which the application called. */
  function boundHere(args: readonly unknown[]): readonly unknown[] {
    if (isSubmittable(args[0])) keepContext(args[0], recorder)
    for (let at = 1; at < args.length; at++) {
      if (isFunction(args[at])) {
        return args.map((arg, i) => (i > 0 && isFunction(arg) ? context.bind(arg) : arg))
      }
    }
    return args
  }

  const undoConnect = replaceMethod(pool, 'connect', (original) => {
    const callOriginal = (args: readonly unknown[]) => Reflect.apply(original(), pool, args)
    return function connect(...args: unknown[]): unknown {
      if (isUndone) return callOriginal(args)
      const query = calling
      calling = undefined
      if (!query || !isFunction(args[0])) return checkOut(args, callOriginal)
      args[0] = handOn(args[0] as ConnectCallback, startRecording(recorder, query, poolQuery) ?? UNRECORDED)
      return original().apply(pool, args)
    }
  })

  /** The application takes a client from the pool. */
  function checkOut(args: readonly unknown[], callOriginal: (args: readonly unknown[]) => unknown): unknown {
    const [callback, ...rest] = args
    let send = () => callOriginal(args)
    guard(() => {
      const trace = context.get()
      const calledMs = now()
      const note = (client: ClientLike | undefined) =>
        guard(() => {
          const pooled = client && clients.handOut(client)
          if (pooled) pooled.checkedOut = { trace, waitedMs: now() - calledMs }
        })
      if (isFunction(callback)) {
        const bound = context.bind(callback as ConnectCallback)
        const heard: ConnectCallback = (...args) => {
          note(args[1])
          return bound(...args)
        }
        send = () => callOriginal([heard, ...rest])
      } else if (!callback && !inside.ending) {
        send = () => connectWithPromise(inside, note, (settle) => callOriginal([settle]))
      }
    })
    return send()
  }

  /** The callback in which `pool.query` calls `client.query` synchronously. */
  function handOn(callback: ConnectCallback, handedOn: HandedOn): ConnectCallback {
    return (error, client, release) => {
      let pooled: PooledClient | undefined
      try {
        pooled = client && clients.handOut(client)
        if (pooled) pooled.handedOn = handedOn
        else if (!client) fail(handedOn, error)
      } catch (error) {
        recorder.countInternalError(error)
      }
      try {
        return callback(error, client, release)
      } finally {
        if (pooled) pooled.handedOn = undefined
      }
    }
  }

  // New clients are profiled when they are made, so that queries of the option onConnect are recorded too.
  const { Client } = inside
  const ProfiledClient: typeof Client = new Proxy(Client, {
    construct(target, args, newTarget) {
      const client = Reflect.construct(target, args, newTarget === ProfiledClient ? target : newTarget)
      guard(() => clients.add(client))
      return client
    },
  })
  inside.Client = ProfiledClient

  instrumented.set(pool, () => {
    instrumented.delete(pool)
    isUndone = true
    undoQuery()
    undoConnect()
    if (inside.Client === ProfiledClient) inside.Client = Client
    clients.undo()
  })
  guard(() => setupWatchFor(profiler)?.sourceProfiled(pool, pgDriver, 'pool'))
  return pool
}

/**
 * Takes the profiler off the pool and its clients, and declares that this pool is not to be profiled, so that no hint is about it.
 * Returns the pool.
 */
export function unprofilePool<Pool extends PoolLike>(pool: Pool): Pool {
  const { instrumented, leftOut } = sharedState()
  instrumented.get(pool)?.()
  leftOut.add(pool)
  return pool
}

/** Called when pg-pool could not get a connection. */
function fail(handedOn: HandedOn, error: unknown): void {
  if (handedOn === UNRECORDED) return
  const recording = handedOn instanceof Flight ? handedOn.recording : handedOn
  recording.failed(errorCode(error))
}

/** Makes the promise of a client as pg-pool makes it. */
function connectWithPromise(
  pool: PoolInside,
  checkOut: (client: ClientLike | undefined) => void,
  connect: (callback: ConnectCallback) => unknown,
): Promise<unknown> {
  let settle: ConnectCallback = () => {}
  const result = new (pool.Promise ?? Promise)((resolve, reject) => {
    settle = (error, client) => {
      checkOut(client)
      if (error) reject(error)
      else resolve(client)
    }
  }).catch(function rethrow(error) {
    // The stack must not contain this function, because pg's own stack does not.
    Error.captureStackTrace(error, rethrow)
    throw error
  })
  connect(settle)
  return result
}

function tellOther(): void {
  process.emitWarning(
    'pg-loupe: profilePool got a pool that another profiler profiles already, and sees none of its queries; ' +
      'unprofilePool takes the other one off',
  )
}

function assertOpenPool(pool: PoolLike): PoolInside {
  const inside = pool as unknown as Partial<PoolInside> | null | undefined
  if (!isFunction(inside?.query) || !isFunction(inside.connect) || !isFunction(inside.Client)) {
    throw new TypeError(`pg-loupe: profilePool takes a pg.Pool, but got ${describe(pool)}`)
  }
  if (inside.ending || inside.ended) {
    throw new Error('pg-loupe: profilePool got a pool that has been ended; profile it when you create it')
  }
  return inside as unknown as PoolInside
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  if ('$client' in value)
    return 'a Drizzle database: give profilePool the pool and profileDrizzle the database'
  return `an object of class ${value.constructor?.name ?? 'null'}`
}
