// Records queries that handle the protocol themselves: `new pg.Query`, pg-cursor, pg-query-stream, COPY streams. pg calls their
// handlers when messages arrive, so the handlers are replaced. An event listener is not possible, because a listener of ours
// for 'error' would hide errors that must end the process if the application has no listener.

import { hasMethod, replaceMethod } from '../../src/host/replace-method.ts'
import type { Recorder } from '../../src/profiler/recorder.ts'
import { errorCode } from '../../src/text/error-code.ts'
import type { DriverField } from '../../src/trace/query-recording.ts'
import type { Message } from './client-like.ts'
import { commentSubmittable } from './comment-tag.ts'
import type { ConnectionFacts, Flight } from './connection-facts.ts'
import type { Guard } from './guard.ts'
import { outcomeOf } from './outcome.ts'
import type { QueryConfig, Submittable } from './query-form.ts'

/** Notes how the query ends. `guard` keeps internal errors away from pg. */
export function recordSubmittable(
  query: Submittable,
  flight: Flight,
  connection: ConnectionFacts,
  guard: Guard,
): void {
  const { recording } = flight
  const commands: string[] = []
  let received = 0
  let bytesOfRow = 0
  let tagged = 0
  let fields: readonly DriverField[] | undefined

  const finish = () => {
    // pg.Query keeps the error of a type parser until here.
    const error = (query as { _canceledDueToError?: unknown })._canceledDueToError
    if (error) return fail(error)
    connection.landed(flight, undefined, commands)
    recording.finished({ rowCount: received || tagged, ...(fields ? { fields } : {}) })
  }
  const fail = (error: unknown) => {
    connection.failed(flight)
    recording.failed(errorCode(error))
  }
  const keep = (row: unknown) => recording.arrived(row, fields, bytesOfRow)
  const hear = (name: string, heard: (message: Message) => void) =>
    listen(query, name, (message) => guard(() => heard(message as Message)))

  if (flight.comment) commentSubmittable(query, flight.comment)
  hear('submit', () => connection.departed(flight))
  hear('handleRowDescription', (message) => {
    fields = message?.fields
  })
  hear('handleDataRow', (message) => {
    received++
    bytesOfRow = message?.length ?? 0
  })
  hear('handleCommandComplete', ({ text = '' }) => {
    commands.push(/^\w*/.exec(text)?.[0] ?? '')
    tagged += Number(/ (\d+)$/.exec(text)?.[1] ?? 0)
  })
  if (!hasMethod(query, 'handleReadyForQuery')) {
    hearNative(query, connection, flight, fail, guard)
    return
  }
  hear('handleError', fail)
  hear('handleReadyForQuery', finish)
  // The rows of a stream come from its cursor; both emit an event for each parsed row.
  listen((query as QueryConfig).cursor ?? query, 'emit', (event, row) => {
    // The row is noted before the application gets it, because the application may change it.
    if (event === 'row') guard(keep, row)
  })
}

/** A query of `pg.native` gets no messages: it gets the whole result at once, and the code of an error comes last. */
function hearNative(
  query: Submittable,
  connection: ConnectionFacts,
  flight: Flight,
  fail: (error: unknown) => void,
  guard: Guard,
): void {
  listen(query, 'emit', (event, result) => {
    if (event !== 'end' && event !== 'error') return
    guard(() => {
      if (event === 'error') return fail(result)
      const outcome = outcomeOf(result)
      connection.landed(flight, outcome.command, outcome.commands)
      flight.recording.finished(outcome)
    })
  })
  replaceMethod(query, 'handleError', (original) => (error: unknown) => {
    const result = Reflect.apply(original(), query, [error])
    guard(() => fail(error))
    return result
  })
}

/** Lets events and callbacks of the query reach the application in the context that sent the query. */
export function keepContext(query: Submittable, { context }: Recorder): void {
  const trace = context.get()
  const run = context.bind((call: () => unknown) => call())
  if (hasMethod(query, 'emit')) {
    replaceMethod(query, 'emit', (original) => (...args) => {
      const call = () => Reflect.apply(original(), query, args)
      // If the trace is right already, the application may have set a context of its own, which is left alone.
      return trace && context.get() === trace ? call() : run(call)
    })
  }
  for (const name of ['read', 'close']) {
    if (!hasMethod(query, name) || hasMethod(query, 'pipe')) continue
    replaceMethod(query, name, (original) => (...args: unknown[]) => {
      const last = args.at(-1)
      const bound =
        typeof last === 'function' ? [...args.slice(0, -1), context.bind(last as () => unknown)] : args
      return Reflect.apply(original(), query, bound)
    })
  }
}

function listen(target: object, name: string, heard: (...args: unknown[]) => void): void {
  if (!hasMethod(target, name)) return
  replaceMethod(target, name, (original) => (...args: unknown[]) => {
    heard(...args)
    return Reflect.apply(original(), target, args)
  })
}
