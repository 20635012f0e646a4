// Adds headers of this package to a response when its headers are written, so streams and headers that were sent already are
// not touched:
// - `Server-Timing: db;dur=4.2;desc="8 queries"`, so that the network panel of a browser shows the queries of the request so
//   far. While a live panel is connected, `pg-loupe;desc="<id>"` names the trace there, for scripts of the page.
// - `Pg-Loupe-Trace`, the address of the trace in the live panel, while one is connected.
// Entries of the application come first in Server-Timing.
import { busyMs } from '../report/busy-time.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import type { RequestTrace } from './request-trace.ts'

/** The properties that are used of a response of `node:http`, or of the compatibility API of `node:http2`. */
interface Headers {
  readonly headersSent?: boolean
  getHeader?(name: string): unknown
  setHeader?(name: string, value: string | readonly string[]): unknown
}

/** The arguments of `writeHead`, with the headers among them if they have to be passed there. */
export function withTiming(traced: RequestTrace, response: Headers, args: unknown[]): unknown[] {
  const { core, trace } = traced
  if (traced.isTold) return args
  const panelUrl = trace.panelId === undefined ? undefined : core.panelUrl()
  if (!core.serverTiming && panelUrl === undefined) return args
  try {
    // After an informational response (1xx) further headers follow.
    traced.isTold = Number(args[0]) >= 200
    return traced.isTold && !response.headersSent ? addHeaders(traced, panelUrl, response, args) : args
  } catch (error) {
    // The application has set the header to a value to which nothing can be added.
    core.countInternalError(error)
    return args
  }
}

const TIMING = 'Server-Timing'
const TRACE = 'Pg-Loupe-Trace'

type Combine = (before: unknown, own: string) => string | string[]

function addHeaders(
  { core, trace }: RequestTrace,
  panelUrl: string | undefined,
  response: Headers,
  given: unknown[],
): unknown[] {
  // A stand-in without queries is dropped when it closes.
  const isShown = panelUrl !== undefined && (!trace.isStandIn || trace.queryCount > 0)
  const metrics = [
    ...(core.serverTiming && trace.queryCount > 0 ? [timeInQueries(trace)] : []),
    ...(isShown ? [`pg-loupe;desc="${trace.panelId}"`] : []),
  ]
  const args = metrics.length > 0 ? addHeader(response, given, TIMING, metrics.join(', '), behind) : given
  return isShown ? addHeader(response, args, TRACE, `${panelUrl}#request=${trace.panelId}`, replacing) : args
}

function timeInQueries(trace: LiveTrace): string {
  const count = trace.queryCount
  const durationMs = (busyMs(trace.queries) + trace.countedMs).toFixed(1)
  return `db;dur=${durationMs};desc="${count} ${count === 1 ? 'query' : 'queries'}"`
}

function addHeader(
  response: Headers,
  args: unknown[],
  name: string,
  own: string,
  combine: Combine,
): unknown[] {
  // `writeHead(status, headers)` or `writeHead(status, reason, headers)`.
  const position = typeof args[1] === 'string' ? 2 : 1
  const headers = args[position]
  const set = response.getHeader?.(name)
  if (typeof headers !== 'object' || headers === null) {
    response.setHeader?.(name, combine(set, own))
    return args
  }
  return args.with(
    position,
    addTo(headers, name, (given) => combine(given ?? set, own)),
  )
}

/** Headers given to `writeHead` replace headers that were set before, so `combine` gets the given one. */
function addTo(headers: object, name: string, combine: (given: unknown) => string | string[]): object {
  const isNamed = (other: unknown) => String(other).toLowerCase() === name.toLowerCase()
  if (!Array.isArray(headers)) {
    const found = Object.keys(headers).find(isNamed)
    const given = found === undefined ? undefined : (headers as Record<string, unknown>)[found]
    return { ...headers, [found ?? name]: combine(given) }
  }
  // The headers are pairs, or names and values in turn.
  if (Array.isArray(headers[0])) {
    const at = headers.findLastIndex(([other]) => isNamed(other))
    return at < 0
      ? [...headers, [name, combine(undefined)]]
      : headers.with(at, [headers[at][0], combine(headers[at][1])])
  }
  const at = headers.findLastIndex((other, index) => index % 2 === 0 && isNamed(other))
  return at < 0 ? [...headers, name, combine(undefined)] : headers.with(at + 1, combine(headers[at + 1]))
}

function behind(before: unknown, own: string): string | string[] {
  if (before === undefined || before === null || before === '') return own
  return Array.isArray(before) ? [...before, own] : `${before}, ${own}`
}

/** A proxy may have copied the header from the answer of another profiled process. */
function replacing(_before: unknown, own: string): string {
  return own
}
