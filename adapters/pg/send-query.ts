// How a query that is recorded passes through pg: when it leaves, what becomes of it, and a promise of it like pg's own.

import { replaceMethod } from '../../src/host/replace-method.ts'
import { errorCode } from '../../src/text/error-code.ts'
import { type ClientInside, isFree, waitingQueries } from './client-like.ts'
import type { ConnectionFacts, Flight } from './connection-facts.ts'
import type { Guard } from './guard.ts'
import { outcomeOf } from './outcome.ts'
import type { Callback, QueryConfig } from './query-form.ts'

/**
 * Sends the query and notes when it leaves: at once, or when those before it have been answered. That a free client was
 * seen before is not enough: another's patch may send something of its own first.
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
  // Nothing waits, before and after, as nearly always: then it has left.
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

/** Promises are made the way pg makes its own: watching pg's would mark it as handled. */
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
    // As in pg: lead the stack back to the application instead of to the socket.
    Error.captureStackTrace(error)
    throw error
  })
  send(settle)
  // Before 8.23 pg wrote the callback into the application's config, where the next call would have found it.
  if (typeof config === 'object' && (config as QueryConfig).callback) delete (config as QueryConfig).callback
  return result
}

/** Notes the outcome before the application hears of it. */
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
  // Last: from here on what is read of the rows counts as the application's reading.
  if (!outcome.commands && !flight.isCounted) flight.recording.handsOver(outcome.rows)
}
