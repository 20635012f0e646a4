// Sees every query that passes through one client, in whatever form it is sent, and gives back exactly what pg would
// have given back. Promises are made the way pg makes its own, from a callback: watching pg's promise instead would mark
// it as handled, and an error that nobody awaits would be lost.

import { aroundMethod, hasMethod, replaceMethod } from '../../src/host/replace-method.ts'
import { assertProfiler, defaultProfiler } from '../../src/profiler/default-profiler.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { errorCode } from '../../src/text/error-code.ts'
import type { QueryRecording } from '../../src/trace/query-recording.ts'
import { setupWatchFor } from '../observe/tell-setup.ts'
import { type ClientInside, type ClientLike, isFree } from './client-like.ts'
import { commentArguments } from './comment-tag.ts'
import { Flight, followConnection } from './connection-facts.ts'
import { databaseOfClient } from './database-of-client.ts'
import { pgDriver } from './driver.ts'
import { guardFor } from './guard.ts'
import { outcomeOf } from './outcome.ts'
import {
  type Callback,
  callbackOf,
  extensible,
  isFunction,
  isSubmittable,
  textOf,
  withCallback,
} from './query-form.ts'
import { callWithPromise, follow, noteOutcome } from './send-query.ts'
import { type Sender, startQuery } from './start-query.ts'
import { keepContext, recordSubmittable } from './submittable.ts'

/** What became of a query where the application called `pool.query`. */
export type HandedOn = Flight | QueryRecording | typeof UNRECORDED

/** Nobody wants to know of the query. */
export const UNRECORDED = Symbol('unrecorded')

/**
 * Records every query of a client that is not a pool's, and returns the client. A client that is profiled already is
 * returned as it is, and so is any client while the profiler is off.
 *
 * @throws TypeError when it is given something that is no client.
 */
export function profileClient<Client extends ClientLike>(
  client: Client,
  profiler: Profiler = defaultProfiler(),
): Client {
  assertProfiler(profiler, 'profileClient')
  if (!isFunction(client?.query) || isFunction((client as { connect?: unknown }).connect) === false) {
    throw new TypeError(`pg-loupe: profileClient takes a pg.Client, but got ${describe(client)}`)
  }
  if (isFunction((client as { Client?: unknown }).Client)) {
    throw new TypeError('pg-loupe: profileClient takes a pg.Client, but got a pool: give it to profilePool')
  }
  if (profiler.enabled) {
    watchClient(client, profiler, { isPooled: false, sender: () => undefined })
    sharedState().leftOut.delete(client)
    guardFor(recorderOf(profiler))(() => setupWatchFor(profiler)?.sourceProfiled(client, pgDriver, 'client'))
  }
  return client
}

/** Takes the profiler off the client; one that is not profiled is left alone. Returns the client. */
export function unprofileClient<Client extends ClientLike>(client: Client): Client {
  const { instrumented, leftOut } = sharedState()
  instrumented.get(client)?.()
  leftOut.add(client)
  return client
}

export interface ClientUse {
  /** The pool connects it, for nobody in particular. */
  isPooled: boolean
  /** Those that the pool makes its clients with. */
  poolOptions?: object | undefined
  /** Asked first: what was recorded already, where the application called `pool.query`. */
  takeHandedOn?(): HandedOn | undefined
  /** Asked at each call. */
  sender(): Sender | undefined
}

export function watchClient(
  client: ClientInside,
  profiler: Profiler,
  { isPooled, poolOptions, sender, takeHandedOn }: ClientUse,
): void {
  const { instrumented, profilerOf } = sharedState()
  // A pool may be given a class of clients that is not pg's.
  if (instrumented.has(client) || !hasMethod(client, 'query')) return
  const recorder = recorderOf(profiler)
  const { context } = recorder
  const guard = guardFor(recorder)
  profilerOf.set(client, profiler)
  const connection = followConnection(client, guard)
  guard(() => recorder.addConnection(client, databaseOfClient(client, poolOptions)))
  /** Somebody else's patch may go on calling ours after it was taken off. */
  let isUndone = false

  const undoQuery = replaceMethod(client, 'query', (original) => {
    const callOriginal = (args: readonly unknown[]) => Reflect.apply(original(), client, args)
    return query
    function query(...args: unknown[]): unknown {
      if (isUndone) return callOriginal(args)
      const handedOn = takeHandedOn?.()
      if (handedOn && isPlain(args)) {
        if (handedOn === UNRECORDED) return passUnseen(args)
        if (!(handedOn instanceof Flight) && isFree(client)) return passCounted(args, handedOn)
      }
      return pass(args, handedOn)
    }

    function pass(args: readonly unknown[], handedOn: HandedOn | undefined): unknown {
      let flight: Flight | undefined
      let send = () => callOriginal(args)
      guard(() => {
        flight = handedOn ? flightOf(handedOn, args) : startQuery(recorder, args, query, sender())
        // What the pool hands on is bound already, where the application called.
        const bind = (callback: Callback) => (handedOn ? callback : context.bind(callback))
        if (!handedOn && isSubmittable(args[0])) keepContext(args[0], recorder)
        send = prepare(args, flight, bind, callOriginal) ?? send
      })
      try {
        return send()
      } catch (error) {
        guard(() => flight?.recording.failed(errorCode(error)))
        throw error
      }
    }

    // The ways that nearly every query takes under load: they do what `prepare` does, and make nothing but the callback.

    function passUnseen(args: readonly unknown[]): unknown {
      if (isFree(client)) leave()
      return original().apply(client, args as unknown[])
    }

    function passCounted(args: unknown[], counted: QueryRecording): unknown {
      args[2] = count(counted, args[2] as Callback)
      leave(counted)
      try {
        return original().apply(client, args)
      } catch (error) {
        guard(() => counted.failed(errorCode(error)))
        throw error
      }
    }
  })

  function leave(counted?: QueryRecording): void {
    try {
      connection.departedUnseen()
      counted?.sent(client)
    } catch (error) {
      recorder.countInternalError(error)
    }
  }

  function count(counted: QueryRecording, callback: Callback): Callback {
    return function (this: unknown, ...args) {
      try {
        if (args[0]) counted.failed(errorCode(args[0]))
        else counted.finished(outcomeOf(args[1]))
      } catch (error) {
        recorder.countInternalError(error)
      }
      return Reflect.apply(callback, this, args)
    }
  }

  /** Returns the call of pg that is listened to, `undefined` where the arguments are pg's to refuse. */
  function prepare(
    args: readonly unknown[],
    flight: Flight | undefined,
    bind: (callback: Callback) => Callback,
    callOriginal: (args: readonly unknown[]) => unknown,
  ): (() => unknown) | undefined {
    if (isSubmittable(args[0])) {
      const [config] = args
      if (flight) recordSubmittable(config, flight, connection, guard)
      const bound = args.map((arg) => (isFunction(arg) ? bind(arg as Callback) : arg))
      return () => {
        const result = callOriginal(bound)
        if (flight) guard(() => connection.queued(flight as Flight))
        return result
      }
    }
    const callback = callbackOf(args)
    if (!flight) {
      if (isFree(client)) connection.departedUnseen()
      return callback ? () => callOriginal(withCallback(args, bind(callback))) : undefined
    }
    if (callback === null) return undefined
    const [config, values, ...rest] =
      flight.comment && !client.replication ? commentArguments(args, flight.comment) : args
    const noted = (callback: Callback) => noteOutcome(flight, connection, guard, callback)
    const followed = (args: readonly unknown[]) =>
      follow(client, connection, flight, guard, callOriginal, args)
    if (callback) {
      const heard = withCallback([config, values, ...rest], noted(bind(callback)))
      return () => followed(heard)
    }
    const open = extensible(config)
    return () => callWithPromise(client, open, (settle) => followed([open, values, noted(settle)]))
  }

  // A connection outlives the request that needed it first: its own events (notifications, errors) are not that request's.
  const undoConnect = aroundMethod(client, 'connect', (_client, original, args) => {
    const bound = isPooled ? args : args.map((arg) => (isFunction(arg) ? context.bind(arg as Callback) : arg))
    return context.run(undefined, () => Reflect.apply(original, client, bound))
  })

  instrumented.set(client, () => {
    instrumented.delete(client)
    isUndone = true
    undoQuery()
    undoConnect()
    connection.undo()
  })
}

function flightOf(handedOn: HandedOn, [config]: readonly unknown[]): Flight | undefined {
  if (handedOn === UNRECORDED) return undefined
  return handedOn instanceof Flight ? handedOn : new Flight(handedOn, textOf(config) ?? '')
}

/** `query(text, values, callback)`, as pg-pool calls it. */
function isPlain(args: readonly unknown[]): boolean {
  return args.length === 3 && typeof args[2] === 'function' && !isSubmittable(args[0])
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  return `an object of class ${value.constructor?.name ?? 'null'}`
}
