// Passes a recorded query through pg: notes when it is sent and how it ends, and makes a promise like pg's own.

import { replaceMethod } from '../../src/host/replace-method.ts'
import { errorCode } from '../../src/text/error-code.ts'
import { type ClientInside, isFree, waitingQueries } from './client-like.ts'
import type { ConnectionFacts, Flight } from './connection-facts.ts'
import type { Guard } from './guard.ts'
import { outcomeOf } from './outcome.ts'
import type { Callback, QueryConfig } from './query-form.ts'

/**
 * Sends the query and notes when it leaves: at once, or when the queries before it have been answered. It is not enough that the
 * client was free before: the patch of another library may send a query of its own first.
 */
export function follow(
  client: ClientInside,
  connection: ConnectionFacts,
  flight: Flight,
  guard: Guard,
  send: (args: readonly unknown[]) => unknown,
  args: readonly unknown[],
): unknown {
  const before = waitingQueries(client)
  const waiting = before.length
  const last = before[waiting - 1]
  if (isFree(client)) guard(connection.departed, flight)
  const result = send(args)
  const after = waitingQueries(client)
  // Nearly always no query waits, before and after. Then this one has been sent.
  if (waiting === 0 && after.length === 0 && !client.pipeline) return result
  try {
    connection.queued(flight)
    const own = after[after.length - 1]
    if (own && own !== last) leaveWithSubmit(own, connection, flight, guard)
  } catch (error) {
    guard(fail, error)
  }
  return result
}

function fail(error: unknown): never {
  throw error
}

function leaveWithSubmit(query: object, connection: ConnectionFacts, flight: Flight, guard: Guard): void {
  replaceMethod(query, 'submit', (original) => (...args) => {
    guard(connection.departed, flight)
    return Reflect.apply(original(), query, args)
  })
}

/** Makes a promise as pg does, because a `then` on the promise of pg would mark it as handled. */
export function callWithPromise(
  client: ClientInside,
  config: unknown,
  send: (settle: Callback) => unknown,
): Promise<unknown> {
  const PromiseOfClient = client._Promise ?? Promise
  let settle: Callback = () => {}
  const result = new PromiseOfClient((resolve, reject) => {
    settle = (error, value) => (error ? reject(error) : resolve(value))
  }).catch((error) => {
    // As in pg, the stack leads to the application instead of the socket.
    Error.captureStackTrace(error)
    throw error
  })
  send(settle)
  // Before 8.23 pg writes the callback into the config of the application, where the next call would find it.
  if (typeof config === 'object' && (config as QueryConfig).callback) delete (config as QueryConfig).callback
  return result
}

/** Notes the outcome before the application gets it. */
export function noteOutcome(
  flight: Flight,
  connection: ConnectionFacts,
  guard: Guard,
  callback: Callback,
): Callback {
  return function (this: unknown, ...args) {
    try {
      note(flight, connection, args[0], args[1])
    } catch (error) {
      guard(fail, error)
    }
    return Reflect.apply(callback, this, args)
  }
}

function note(flight: Flight, connection: ConnectionFacts, error: unknown, result: unknown): void {
  if (error) {
    connection.failed(flight)
    flight.recording.failed(errorCode(error))
    return
  }
  const outcome = outcomeOf(result)
  connection.landed(flight, outcome.command, outcome.commands)
  flight.recording.finished(outcome)
  // This comes last, because from here on each read of a row counts as a read by the application.
  if (!outcome.commands && !flight.isCounted) flight.recording.handsOver(outcome.rows)
}
