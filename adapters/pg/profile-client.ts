// Sees every query that passes through one client of a pool, in whatever form it is sent, and gives back exactly what
// pg would have given back. Promises are made the way pg makes its own, from a callback: watching pg's promise instead
// would mark it as handled, and an error that nobody awaits would be lost.
import type { Profiler } from '../../src/profiler.ts'
import type { QueryRecording } from '../../src/trace/live-trace.ts'
import type { DriverField, Outcome } from '../../src/trace/recorded-query.ts'
import { replaceMethod } from './own-method.ts'
import { startQuery } from './start-query.ts'
import { isSubmittable, keepContext, recordSubmittable } from './submittable.ts'

/** What is needed of a `pg.Client`. */
export interface ClientLike {
  query(...args: never[]): unknown
  /** pg's own: the promise implementation it was configured with. */
  _Promise?: PromiseConstructor
}

/** Who sends the next query of a client: `pool.query` says so just before it calls `client.query`. */
export interface Handoff {
  readonly client: ClientLike
  readonly recording: QueryRecording | undefined
}

type Callback = (error: unknown, result?: unknown) => unknown

/** Returns the function that undoes it. `takeHandoff` yields what `pool.query` has recorded for this very call. */
export function profileClient(
  client: ClientLike,
  profiler: Profiler,
  connection: number,
  takeHandoff: (client: ClientLike) => Handoff | undefined,
): () => void {
  return replaceMethod(client, 'query', (callOriginal) => {
    return function query(...args: unknown[]): unknown {
      const handoff = takeHandoff(client)
      const recording = handoff ? handoff.recording : startQuery(profiler, args, query)
      recording?.sent(connection)
      const bind = (callback: Callback) => (handoff ? callback : profiler.context.bind(callback))

      try {
        if (isSubmittable(args[0])) {
          if (recording) recordSubmittable(args[0], recording)
          keepContext(args[0], profiler)
          return callOriginal(args.map((arg) => (isFunction(arg) ? bind(arg) : arg)))
        }
        const form = callbackForm(args)
        if (form) return callOriginal(form.withCallback((callback) => record(recording, bind(callback))))
        if (!recording || !isPromiseForm(args)) return callOriginal(args)
        return callWithPromise(client, args, recording, callOriginal)
      } catch (error) {
        recording?.failed(error)
        throw error
      }
    }
  })
}

/** Finds the callback wherever pg accepts one: as the second or third argument, or in the config. */
function callbackForm(
  args: unknown[],
): { withCallback(wrap: (callback: Callback) => Callback): unknown[] } | undefined {
  const position = [1, 2].find((index) => isFunction(args[index]))
  if (position !== undefined) {
    return { withCallback: (wrap) => args.with(position, wrap(args[position] as Callback)) }
  }
  const config = args[0] as { callback?: unknown } | null
  if (typeof config !== 'object' || !isFunction(config?.callback)) return undefined
  const { callback } = config
  return {
    withCallback: (wrap) => {
      const copy = Object.create(Object.getPrototypeOf(config), Object.getOwnPropertyDescriptors(config))
      return args.with(0, Object.defineProperty(copy, 'callback', { value: wrap(callback) }))
    },
  }
}

/** Anything else in a callback's place, and a missing query, is an error that pg throws itself. */
function isPromiseForm([config, , callback]: unknown[]): boolean {
  return Boolean(config) && !callback && !(config as { callback?: unknown }).callback
}

function isFunction(value: unknown): value is Callback {
  return typeof value === 'function'
}

function callWithPromise(
  client: ClientLike,
  args: unknown[],
  recording: QueryRecording,
  callOriginal: (args: unknown[]) => unknown,
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
  callOriginal([args[0], args[1], record(recording, settle)])
  return result
}

/** Notes the outcome before the application hears of it. */
function record(recording: QueryRecording | undefined, callback: Callback): Callback {
  if (!recording) return callback
  return function (this: unknown, error, result) {
    if (error) recording.failed(error)
    else recording.finished(outcomeOf(result))
    return callback.call(this, error, result)
  }
}

interface ResultLike {
  rows?: readonly unknown[]
  rowCount?: number | null
  fields?: readonly DriverField[]
}

/** Several statements in one text give an array of results; the rows of the last one with any are kept. */
function outcomeOf(result: unknown): Outcome {
  const results = (Array.isArray(result) ? result : [result]) as (ResultLike | undefined)[]
  const last = results.findLast((one) => one?.rows?.length) ?? results.at(-1)
  return {
    rowCount: results.reduce((sum, one) => sum + (one?.rows?.length || one?.rowCount || 0), 0),
    ...(last?.fields ? { fields: last.fields } : {}),
    ...(last?.rows ? { rows: last.rows } : {}),
  }
}
