// Adds `Server-Timing: db;dur=4.2;desc="8 queries"` to a response, so that the network panel of a browser shows the queries of
// the request so far. The header is added when the headers are written, so streams and headers that were sent already are not
// touched. Entries of the application come first in that header.
import { busyMs } from '../report/busy-time.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import type { RequestTrace } from './request-trace.ts'

/** The properties that are used of a response of `node:http`, or of the compatibility API of `node:http2`. */
interface Headers {
  readonly headersSent?: boolean
  getHeader?(name: string): unknown
  setHeader?(name: string, value: string | readonly string[]): unknown
}

/** The arguments of `writeHead`, with the header among them if it has to be passed there. */
export function withTiming(traced: RequestTrace, response: Headers, args: unknown[]): unknown[] {
  const { core, trace } = traced
  if (!core.serverTiming || traced.isTold) return args
  try {
    // After an informational response (1xx) further headers follow.
    traced.isTold = Number(args[0]) >= 200
    return traced.isTold && !response.headersSent ? addTiming(trace, response, args) : args
  } catch (error) {
    // The application has set the header to a value to which nothing can be added.
    core.countInternalError(error)
    return args
  }
}

const NAME = 'Server-Timing'

function addTiming(trace: LiveTrace, response: Headers, args: unknown[]): unknown[] {
  const count = trace.queryCount
  if (count === 0) return args
  const own = `db;dur=${(busyMs(trace.queries) + trace.countedMs).toFixed(1)};desc="${count} ${count === 1 ? 'query' : 'queries'}"`
  // `writeHead(status, headers)` or `writeHead(status, reason, headers)`.
  const position = typeof args[1] === 'string' ? 2 : 1
  const headers = args[position]
  if (typeof headers !== 'object' || headers === null) {
    response.setHeader?.(NAME, behind(response.getHeader?.(NAME), own))
    return args
  }
  return args.with(position, addTo(headers, response.getHeader?.(NAME), own))
}

/** Headers given to `writeHead` replace headers that were set before, so both are read here. */
function addTo(headers: object, set: unknown, own: string): object {
  if (!Array.isArray(headers)) {
    const name = Object.keys(headers).find(isTiming)
    const given = name === undefined ? set : (headers as Record<string, unknown>)[name]
    return { ...headers, [name ?? NAME]: behind(given, own) }
  }
  // The headers are pairs, or names and values in turn.
  if (Array.isArray(headers[0])) {
    const at = headers.findLastIndex(([name]) => isTiming(name))
    return at < 0
      ? [...headers, [NAME, behind(set, own)]]
      : headers.with(at, [headers[at][0], behind(headers[at][1], own)])
  }
  const at = headers.findLastIndex((name, index) => index % 2 === 0 && isTiming(name))
  return at < 0 ? [...headers, NAME, behind(set, own)] : headers.with(at + 1, behind(headers[at + 1], own))
}

function isTiming(name: unknown): boolean {
  return String(name).toLowerCase() === 'server-timing'
}

function behind(before: unknown, own: string): string | string[] {
  if (before === undefined || before === null || before === '') return own
  return Array.isArray(before) ? [...before, own] : `${before}, ${own}`
}
