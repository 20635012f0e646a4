// pg-loupe/express: a trace per request, named by the pattern of its route. The pattern is noted as Express walks the
// routers, because none of it can be relied on at the end: Express takes `baseUrl` back when a handler passes an error
// on, and the response's events run outside of the request's context.
import { assertProfiler, defaultProfiler, type Profiler } from '../src/profiler.ts'
import { sharedState } from '../src/shared-state.ts'
import type { LiveTrace } from '../src/trace/live-trace.ts'
import { keepContext } from './express/keep-context.ts'
import { tellTiming } from './express/server-timing.ts'
import { watchOf, watchRoute } from './express/watch-route.ts'

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
  return traceRequests(profiler)
}

/** `isStandIn`: of requests that another profiler traces as well, it keeps only those in which it saw a query. */
export function traceRequests(
  profiler: Profiler,
  isStandIn = false,
): (request: RequestLike, response: ResponseLike, next: (error?: unknown) => void) => void {
  if (!profiler.enabled) return (_request, _response, next) => next()
  return (request, response, next) => {
    const trace = begin(profiler, request, response, isStandIn)
    if (trace) profiler.context.run(trace, next)
    else next()
  }
}

function begin(
  profiler: Profiler,
  request: RequestLike,
  response: ResponseLike,
  isStandIn: boolean,
): LiveTrace | undefined {
  try {
    // The share of requests that are looked at is drawn once for each.
    if (profiler.currentTrace()?.isUnsampled) return undefined
    const watched = watchOf(request)
    // Under pg-loupe/register, or with the middleware on an application and on one mounted in it.
    if (watched?.profilers.includes(profiler)) return undefined
    const method = request.method ?? 'GET'
    // A test that sent it over the network has another context, and perhaps another profiler.
    const parent = sharedState().requestParents.get(request)
    const shape = `${method} ${shapeOf(request.originalUrl ?? request.url ?? '')}`
    const trace = profiler.startTrace({
      kind: 'http',
      name: `${method} *`,
      labels: { method },
      shape,
      parent,
    })
    if (trace.isUnsampled) return trace
    const route = watched ?? watchRoute(request, shape, trace.isCounting)
    route.profilers.push(profiler)
    if (isStandIn) route.standIn = trace
    else if (route.standIn) route.standIn.isStandIn = true
    route.hear((pattern) => {
      trace.name = `${method} ${pattern}`
    })
    // Called where the response is told to its listeners: an error of ours must not be one of the application's there.
    const end = () => {
      try {
        const pattern = route.reached()
        trace.name = pattern === undefined ? shape : `${method} ${pattern}`
        trace.labels.status = String(response.statusCode)
        if (!response.writableFinished) trace.labels.aborted = 'true'
        trace.end()
      } catch (error) {
        profiler.countInternalError(error)
      }
    }
    keepContext(request, trace, profiler)
    if (!keepContext(response, trace, profiler, end)) response.once('finish', end)
    // Whatever becomes of its `emit`: an application may put one of its own over ours.
    response.once('close', end)
    if (profiler.serverTiming) tellTiming(response, trace, profiler.countInternalError)
    return trace
  } catch (error) {
    profiler.countInternalError(error)
    return undefined
  }
}

/**
 * The path, with a star for what is no word: it names requests to servers without Express. An id is a value, and a name for
 * each would be no name; a slug cannot be told from a word.
 */
function shapeOf(url: string): string {
  let shape = ''
  let start = 0
  const { length } = url
  for (let at = 0; at <= length; at++) {
    const code = at < length ? url.charCodeAt(at) : END
    const isEnd = code === END || code === QUESTION_MARK || code === HASH
    if (!isEnd && code !== SLASH) continue
    const segment = url.slice(start, at)
    shape += isWord(segment) ? segment : '*'
    if (isEnd) break
    shape += '/'
    start = at + 1
  }
  return shape
}

const END = -1
const SLASH = 47
const QUESTION_MARK = 63
const HASH = 35
const LONGEST_WORD = 40

function isWord(segment: string): boolean {
  return segment.length <= LONGEST_WORD && /^[a-z]*(?:[-_.][a-z]+)*$|^v\d+$/i.test(segment)
}
