// Sees every query that passes through one client, in whatever form it is sent, and gives back exactly what pg would
// have given back. Promises are made the way pg makes its own, from a callback: watching pg's promise instead would mark
// it as handled, and an error that nobody awaits would be lost.
import { assertProfiler, defaultProfiler, type Profiler } from '../../src/profiler.ts'
import { replaceMethod } from '../../src/replace-method.ts'
import { sharedState } from '../../src/shared-state.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import { type ClientInside, type ClientLike, isFree, waitingQueries } from './client-like.ts'
import { type ConnectionFacts, type Flight, followConnection } from './connection-facts.ts'
import { errorCode } from './error-code.ts'
import { outcomeOf } from './outcome.ts'
import { type Callback, callbackOf, isFunction, isSubmittable, withCallback } from './query-form.ts'
import { startQuery } from './start-query.ts'
import { keepContext, recordSubmittable } from './submittable.ts'

/** What a pool knows of the query that its client is about to send. */
export interface Sender {
  /** Recorded already, where the application called `pool.query`. */
  handedOn?: { readonly flight: Flight | undefined } | undefined
  trace: LiveTrace | undefined
  /** How long the application waited until it was given this client, for the first query after that. */
  waitedMs?: number | undefined
}

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
  if (profiler.enabled) watchClient(client, profiler, () => ({ trace: profiler.currentTrace() }))
  return client
}

/** Takes the profiler off the client; one that is not profiled is left alone. Returns the client. */
export function unprofileClient<Client extends ClientLike>(client: Client): Client {
  sharedState().instrumented.get(client)?.()
  return client
}

/** `sender` is asked at each call who sends it. */
export function watchClient(client: ClientInside, profiler: Profiler, sender: () => Sender): void {
  const { instrumented } = sharedState()
  if (instrumented.has(client)) return
  const connection = followConnection(client)
  const guard = (note: () => void) => {
    try {
      note()
    } catch (error) {
      profiler.countInternalError(error)
    }
  }

  const undoQuery = replaceMethod(client, 'query', (callOriginal) => {
    return function query(...args: unknown[]): unknown {
      const { handedOn, trace, waitedMs } = sender()
      const flight = handedOn ? handedOn.flight : startQuery(profiler, trace, args, query, waitedMs)
      const bind = (callback: Callback) => (handedOn ? callback : profiler.context.bind(callback))
      try {
        if (isSubmittable(args[0])) {
          if (flight) recordSubmittable(args[0], flight, connection, guard)
          if (!handedOn) keepContext(args[0], profiler)
          const result = callOriginal(args.map((arg) => (isFunction(arg) ? bind(arg as Callback) : arg)))
          if (flight) guard(() => connection.queued(flight))
          return result
        }
        const callback = callbackOf(args)
        if (!flight) {
          connection.departedUnseen()
          return callOriginal(callback ? withCallback(args, bind(callback)) : args)
        }
        const send = (args: readonly unknown[]) =>
          depart(client, connection, flight, () => callOriginal(args))
        if (callback) return send(withCallback(args, record(flight, connection, guard, bind(callback))))
        if (callback === null) return callOriginal(args)
        return callWithPromise(client, args, (settle) => record(flight, connection, guard, settle), send)
      } catch (error) {
        if (flight) guard(() => flight.recording.failed(errorCode(error)))
        throw error
      }
    }
  })

  instrumented.set(client, () => {
    instrumented.delete(client)
    undoQuery()
    connection.undo()
  })
}

/** Sends the query and notes when it leaves: at once, or when those before it have been answered. */
function depart(
  client: ClientInside,
  connection: ConnectionFacts,
  flight: Flight,
  send: () => unknown,
): unknown {
  if (isFree(client)) {
    connection.departed(flight)
    const result = send()
    connection.queued(flight)
    return result
  }
  const last = waitingQueries(client).at(-1)
  const result = send()
  const own = waitingQueries(client).at(-1)
  if (own && own !== last) {
    connection.queued(flight)
    replaceMethod(own, 'submit', (call) => (...args) => {
      connection.departed(flight)
      return call(args)
    })
  }
  return result
}

function callWithPromise(
  client: ClientInside,
  args: readonly unknown[],
  recorded: (settle: Callback) => Callback,
  send: (args: readonly unknown[]) => unknown,
): Promise<unknown> {
  const PromiseOfClient = client._Promise ?? Promise
  let settle: Callback = () => {}
  const result = new PromiseOfClient((resolve, reject) => {
    settle = (error, value) => (error ? reject(error) : resolve(value))
  }).catch((error) => {
    // As in pg: lead the stack back to the application instead of to the socket.
    Error.captureStackTrace(error)
    throw error
  })
  const [config, values] = args
  const callback = recorded(settle)
  send([config, values, callback])
  // Before 8.23 pg wrote the callback into the application's config, where the next call would have found it.
  if ((config as { callback?: unknown }).callback === callback)
    delete (config as { callback?: unknown }).callback
  return result
}

/** Notes the outcome before the application hears of it. */
function record(
  flight: Flight,
  connection: ConnectionFacts,
  guard: (note: () => void) => void,
  callback: Callback,
): Callback {
  return function (this: unknown, error, result) {
    guard(() => {
      if (error) {
        connection.failed(flight)
        flight.recording.failed(errorCode(error))
      } else {
        const { commands, ...outcome } = outcomeOf(result)
        connection.landed(flight, commands)
        flight.recording.finished(outcome)
      }
    })
    return callback.call(this, error, result)
  }
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  return `an object of class ${value.constructor?.name ?? 'null'}`
}
