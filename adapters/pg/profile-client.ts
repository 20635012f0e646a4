// Records every query that passes through one client, in every form, and returns exactly what pg would return. Promises are made
// from a callback, as pg makes its own: a `then` on the promise of pg would mark it as handled, and an error that the
// application does not await would be lost.

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

/** The record of a query that was made where the application called `pool.query`. */
export type HandedOn = Flight | QueryRecording | typeof UNRECORDED

/** The query is not recorded. */
export const UNRECORDED = Symbol('unrecorded')

/**
 * Records every query of a client that belongs to no pool, and returns the client. A client that is profiled already is
 * returned as it is, and so is any client while the profiler is off.
 *
 * @throws TypeError when the first argument is no client.
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

/** Takes the profiler off the client, if it is profiled. Returns the client. */
export function unprofileClient<Client extends ClientLike>(client: Client): Client {
  const { instrumented, leftOut } = sharedState()
  instrumented.get(client)?.()
  leftOut.add(client)
  return client
}

export interface ClientUse {
  /** A pool connects the client, for no particular caller. */
  isPooled: boolean
  /** The options with which the pool makes its clients. */
  poolOptions?: object | undefined
  /** Called first, for the record that was made where the application called `pool.query`. */
  takeHandedOn?(): HandedOn | undefined
  /** Called for each query. */
  sender(): Sender | undefined
}

export function watchClient(
  client: ClientInside,
  profiler: Profiler,
  { isPooled, poolOptions, sender, takeHandedOn }: ClientUse,
): void {
  const { instrumented, profilerOf } = sharedState()
  // The application may give a pool a class of clients that is not from pg.
  if (instrumented.has(client) || !hasMethod(client, 'query')) return
  const recorder = recorderOf(profiler)
  const { context } = recorder
  const guard = guardFor(recorder)
  profilerOf.set(client, profiler)
  const connection = followConnection(client, guard)
  guard(() => recorder.addConnection(client, databaseOfClient(client, poolOptions)))
  /** The patch of another library may go on calling ours after it was undone. */
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
        // Callbacks from `pool.query` are bound already, where the application called.
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

    // Nearly every query takes one of these two ways under load. They do the same as `prepare`, and allocate only the callback.

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

  /** Returns a call of pg whose outcome is recorded; `undefined` for arguments that pg will refuse. */
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

  // A connection outlives the request that needed it first. Its own events (notifications, errors) do not belong to that request.
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

/** Whether the call has the form `query(text, values, callback)`, which pg-pool uses. */
function isPlain(args: readonly unknown[]): boolean {
  return args.length === 3 && typeof args[2] === 'function' && !isSubmittable(args[0])
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  return `an object of class ${value.constructor?.name ?? 'null'}`
}
