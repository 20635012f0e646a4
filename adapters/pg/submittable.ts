// Queries that bring their own protocol handling: `new pg.Query`, pg-cursor, pg-query-stream, COPY streams. The driver
// calls their handlers as messages arrive, so these are listened in on; an event listener would not do, because an
// 'error' listener of ours would swallow what must crash without one.
import type { Profiler } from '../../src/profiler.ts'
import type { QueryRecording } from '../../src/trace/live-trace.ts'
import { replaceMethod } from './own-method.ts'

export interface Submittable {
  submit: (...args: unknown[]) => unknown
  callback?: unknown
}

export function isSubmittable(config: unknown): config is Submittable {
  return typeof (config as Partial<Submittable> | null)?.submit === 'function'
}

export function recordSubmittable(query: Submittable, recording: QueryRecording): void {
  let rowCount = 0
  listen(query, 'handleDataRow', () => {
    rowCount++
  })
  listen(query, 'handleError', (error) => recording.failed(error))
  listen(query, 'handleReadyForQuery', () => recording.finished({ rowCount }))
}

/** Events and callbacks of the query reach the application in the context that sent it. */
export function keepContext(query: Submittable, { context }: Profiler): void {
  const run = context.bind((call: () => unknown) => call())
  if (hasMethod(query, 'emit'))
    replaceMethod(
      query,
      'emit',
      (call) =>
        (...args) =>
          run(() => call(args)),
    )
  for (const name of ['read', 'close']) {
    if (!hasMethod(query, name) || hasMethod(query, 'pipe')) continue
    replaceMethod(query, name, (call) => (...args: unknown[]) => {
      const last = args.at(-1)
      return call(
        typeof last === 'function' ? [...args.slice(0, -1), context.bind(last as () => unknown)] : args,
      )
    })
  }
}

function listen(query: Submittable, name: string, heard: (message: unknown) => void): void {
  if (!hasMethod(query, name)) return
  replaceMethod(query, name, (call) => (...args: unknown[]) => {
    heard(args[0])
    return call(args)
  })
}

function hasMethod(query: Submittable, name: string): boolean {
  return typeof (query as unknown as Record<string, unknown>)[name] === 'function'
}
