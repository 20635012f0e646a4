// pg-loupe/express: a trace per request, named by the pattern of its route. The pattern is noted as Express walks the
// routers, because none of it can be relied on at the end: Express takes `baseUrl` back when a handler passes an error
// on, and the response's events run outside of the request's context.
import { assertProfiler, defaultProfiler, type Profiler } from '../src/profiler.ts'
import { replaceMethod } from '../src/replace-method.ts'
import { sharedState } from '../src/shared-state.ts'
import type { LiveTrace } from '../src/trace/live-trace.ts'
import { tellTiming } from './express/server-timing.ts'

/** What is needed of a request; Express 4 and 5 have it. */
export interface RequestLike {
  method?: string | undefined
  url?: string | undefined
  originalUrl?: string
}

export interface ResponseLike {
  statusCode: number
  once(event: 'finish' | 'close', listener: () => void): unknown
  readonly writableFinished: boolean
}

/**
 * Middleware that traces each request. Put it before the routes.
 *
 * @throws TypeError when it is given something that is no profiler.
 */
export function profileRequests(
  profiler: Profiler = defaultProfiler(),
): (request: RequestLike, response: ResponseLike, next: (error?: unknown) => void) => void {
  assertProfiler(profiler, 'profileRequests')
  if (!profiler.enabled) return (_request, _response, next) => next()
  return (request, response, next) => {
    const trace = begin(profiler, request, response)
    if (trace) profiler.context.run(trace, next)
    else next()
  }
}

function begin(profiler: Profiler, request: RequestLike, response: ResponseLike): LiveTrace | undefined {
  try {
    if (isTraced(request, profiler)) return undefined
    const method = request.method ?? 'GET'
    // A test that sent it over the network has another context, and perhaps another profiler.
    const parent = sharedState().requestParents.get(request)
    const trace = profiler.startTrace({ kind: 'http', name: `${method} *`, labels: { method }, parent })
    const route = watchRoute(request, (pattern) => {
      trace.name = `${method} ${pattern}`
    })
    const end = () => {
      trace.name = `${method} ${route()}`
      trace.labels.status = String(response.statusCode)
      if (!response.writableFinished) trace.labels.aborted = 'true'
      trace.end()
    }
    response.once('finish', end)
    response.once('close', end)
    keepContext(request, trace, profiler)
    keepContext(response, trace, profiler)
    if (profiler.serverTiming) tellTiming(response, trace, profiler.countInternalError)
    return trace
  } catch (error) {
    profiler.countInternalError(error)
    return undefined
  }
}

/**
 * Events of a request come from its socket, which knows nothing of the request's context; what their listeners do belongs
 * to the request all the same. Where the trace is right already, nothing is touched.
 */
function keepContext(emitter: object, trace: LiveTrace, { context }: Profiler): void {
  replaceMethod(emitter, 'emit', (call) => (...args: unknown[]) => {
    return trace.closed || context.get() === trace ? call(args) : context.run(trace, () => call(args))
  })
}

/** Under pg-loupe/register, or with the middleware on an application and on one mounted in it. */
function isTraced(request: object, profiler: Profiler): boolean {
  const { requests } = sharedState()
  const profilers = requests.get(request) ?? new Set()
  if (profilers.has(profiler)) return true
  requests.set(request, profilers.add(profiler))
  return false
}

interface Route {
  path?: unknown
}

/**
 * Follows the routers that the request passes, and returns the function that says how far it came, as a pattern. `heard`
 * is told as soon as a route takes the request.
 */
function watchRoute(
  request: RequestLike & { params?: unknown; baseUrl?: string; route?: Route },
  heard: (pattern: string) => void,
): () => string {
  const path = shapeOf(request.originalUrl ?? request.url ?? '')
  let isExpress = request.baseUrl !== undefined
  /** The pattern of each `baseUrl` the request has had. */
  const start = request.baseUrl ?? ''
  const patterns = new Map([
    ['', ''],
    [start, start],
  ])
  let reached: string | undefined
  let deepest = ''

  watch(request, 'baseUrl', (baseUrl, before) => {
    isExpress = true
    if (typeof baseUrl !== 'string' || patterns.has(baseUrl)) return
    const parent = typeof before === 'string' && baseUrl.startsWith(before) ? before : ''
    patterns.set(
      baseUrl,
      (patterns.get(parent) ?? parent) + toPattern(baseUrl.slice(parent.length), request.params),
    )
    deepest = baseUrl
  })
  watch(request, 'route', (route) => {
    const base = patterns.get(request.baseUrl ?? '') ?? ''
    reached = `${base}${pathOf(route as Route | undefined)}`.replace(/(?<=.)\/$/, '') || '/'
    heard(reached)
  })
  return () => {
    if (reached !== undefined) return reached
    if (!isExpress) return path
    return deepest ? `${patterns.get(deepest)}/*` : '*'
  }
}

/**
 * For servers without Express: the path, with a star for what is no word. An id is a value, and a name for each would be
 * no name; a slug cannot be told from a word.
 */
function shapeOf(url: string): string {
  const [path = ''] = url.split(/[?#]/)
  return path
    .split('/')
    .map((segment) =>
      /^[a-z]*(?:[-_.][a-z]+)*$|^v\d+$/i.test(segment) && segment.length <= 40 ? segment : '*',
    )
    .join('/')
}

/** Hears of each value a property is given; to everybody else it stays a plain property. */
function watch(target: object, name: string, heard: (value: unknown, before: unknown) => void): void {
  let current = (target as Record<string, unknown>)[name]
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: true,
    get: () => current,
    set(value) {
      const before = current
      current = value
      heard(value, before)
    },
  })
}

/**
 * `/users/42` with the parameters `{ id: '42' }` is `/users/:id`; each parameter stands once, fixed parts come first. What
 * was mounted by a regular expression has no parameters, so what looks like a value is taken for one.
 */
function toPattern(path: string, params: unknown): string {
  const segments = path.split('/')
  for (const [name, value] of Object.entries(params ?? {})) {
    const position = segments.findLastIndex((segment) => segment !== '' && decode(segment) === value)
    if (position >= 0) segments[position] = `:${name}`
  }
  return segments.map((segment) => (VALUE.test(segment) ? '*' : segment)).join('/')
}

/** `/v10`, `/oauth2` and `/s3` are names; three digits are an id or a date, and so is what is long or encoded. */
const VALUE = /^(?!:)(?:(?:\D*\d){3}|.*[%@]|.{41})/

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function pathOf(route: Route | undefined): string {
  const { path } = route ?? {}
  return Array.isArray(path) ? path.map(String).join('|') : String(path ?? '')
}
