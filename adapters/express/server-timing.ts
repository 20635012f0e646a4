// `Server-Timing: db;dur=4.2;desc="8 queries"` on a response, so that the network panel of a browser shows what the request
// asked of the database until then. It is written when the headers are, whoever writes them, so it touches neither what
// streams nor what has been sent; what the application says in that header itself stands before it.
import { replaceMethod } from '../../src/replace-method.ts'
import { busyMs } from '../../src/report/busy-time.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'

/** What is needed of a response of `node:http`, or of `node:http2` in its compatible form. */
interface Headers {
  readonly headersSent?: boolean
  [TIMING]?: Timing
  getHeader?(name: string): unknown
  setHeader?(name: string, value: string | readonly string[]): unknown
  writeHead?(...args: unknown[]): unknown
}

/** `countError` is told when a header of the application's is of a form that nobody could add to. */
export function tellTiming(given: object, trace: LiveTrace, countError: (error: unknown) => void): void {
  const response: Headers = given
  if (typeof response.writeHead !== 'function' || typeof response.setHeader !== 'function') return
  const timing: Timing = { response, trace, countError, isTold: false }
  if (Object.hasOwn(response, 'writeHead') || response[TIMING]) {
    // Another's patch, or another profiler's.
    replaceMethod(
      response,
      'writeHead',
      (call) =>
        (...args: unknown[]) =>
          call(told(timing, args)),
    )
    return
  }
  Object.defineProperty(response, TIMING, { value: timing })
  Object.defineProperty(response, 'writeHead', WRITE_HEAD)
}

const TIMING = Symbol('pg-loupe timing')

interface Timing {
  readonly response: Headers
  readonly trace: LiveTrace
  readonly countError: (error: unknown) => void
  isTold: boolean
}

/** One for all responses: one made for each would cost more than it does. */
const WRITE_HEAD: PropertyDescriptor = {
  value: function writeHead(this: { [TIMING]?: Timing }, status: unknown, ...rest: unknown[]): unknown {
    const timing = this[TIMING]
    // Borrowed for another response, to which it means nothing.
    if (!timing) return Object.getPrototypeOf(this).writeHead.call(this, status, ...rest)
    const original = Object.getPrototypeOf(timing.response).writeHead
    return original.apply(timing.response, told(timing, [status, ...rest]))
  },
  writable: true,
  configurable: true,
  enumerable: false,
}

// As the method it stands for.
Object.defineProperty(WRITE_HEAD.value, 'length', { value: 3 })

function told(timing: Timing, args: readonly unknown[]): readonly unknown[] {
  if (timing.isTold) return args
  const { response, trace, countError } = timing
  try {
    // Of an informational response, headers may follow.
    timing.isTold = Number(args[0]) >= 200
    return !response.headersSent && timing.isTold ? withTiming(response, args, trace) : args
  } catch (error) {
    countError(error)
    return args
  }
}

const NAME = 'Server-Timing'

function withTiming(response: Headers, args: readonly unknown[], trace: LiveTrace): readonly unknown[] {
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

/** What is given to `writeHead` replaces what was set before, so both are held against each other here. */
function addTo(headers: object, set: unknown, own: string): object {
  if (!Array.isArray(headers)) {
    const name = Object.keys(headers).find(isTiming)
    const given = name === undefined ? set : (headers as Record<string, unknown>)[name]
    return { ...headers, [name ?? NAME]: behind(given, own) }
  }
  // Pairs, or names and values in turn.
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
