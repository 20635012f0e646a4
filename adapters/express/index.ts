// pg-loupe/express: a trace per request, named by the pattern of its route. The pattern is noted as Express walks the
// routers, because none of it can be relied on at the end: Express takes `baseUrl` back when a handler passes an error
// on, and the response's events run outside of the request's context.
import { assertProfiler, defaultProfiler, type Profiler } from '../../src/profiler.ts'
import { sharedState } from '../../src/shared-state.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import { setupWatch } from '../observe/tell-setup.ts'
import { FlatRoutes } from './flat-routes.ts'
import { pathShape } from './path-shape.ts'
import { hearClassOf, onClose } from './request-events.ts'
import { type RequestLike, RequestTrace, type ResponseLike, requestTraceOf } from './request-trace.ts'
import { watchRoute } from './route-watch.ts'

export type { RequestLike, ResponseLike }

type Middleware = (request: RequestLike, response: ResponseLike, next: (error?: unknown) => void) => void

/**
 * Middleware that traces each request. Put it before the routes.
 *
 * @throws TypeError when it is given something that is no profiler.
 */
export function profileRequests(profiler: Profiler = defaultProfiler()): Middleware {
  assertProfiler(profiler, 'profileRequests')
  if (profiler.enabled) setupWatch(profiler)?.middlewareMade(profiler)
  return traceRequests(profiler)
}

/** `isStandIn`: of requests that another profiler traces as well, it keeps only those in which it saw a query. */
export function traceRequests(profiler: Profiler, isStandIn = false): Middleware {
  if (!profiler.enabled) return (_request, _response, next) => next()
  const flatRoutes = new FlatRoutes()
  return (request, response, next) => {
    const trace = begin(request, response)
    if (trace) profiler.context.run(trace, next)
    else next()
  }

  function begin(request: RequestLike, response: ResponseLike): LiveTrace | undefined {
    try {
      const current = profiler.currentTrace()
      // The share of requests that are looked at is drawn once for each.
      if (current?.isUnsampled) return undefined
      const first = requestTraceOf(request)
      // Under pg-loupe/register, or with the middleware on an application and on one mounted in it.
      if (first?.isOf(profiler)) return undefined
      setupWatch()?.requestTraced(profiler)
      const { method = 'GET' } = request
      const trace = profiler.startTrace({
        kind: 'http',
        name: `${method} *`,
        labels: { method },
        shape: `${method} ${pathShape(request.originalUrl ?? request.url ?? '')}`,
        // A test that sent it over the network has another context, and perhaps another profiler.
        parent: sharedState().requestParents.get(request) ?? current,
      })
      if (!trace.isUnsampled) follow(trace, request, response, first)
      return trace
    } catch (error) {
      profiler.countInternalError(error)
      return undefined
    }
  }

  function follow(
    trace: LiveTrace,
    request: RequestLike,
    response: ResponseLike,
    first: RequestTrace | undefined,
  ): void {
    // A comment tag has to have the name while queries are sent.
    const mayWait = trace.isCounting && !profiler.commentTags
    const expected = mayWait ? flatRoutes.of(trace.shape) : undefined
    const route = expected ?? watchRoute(request, profiler, (pattern) => nameBy(pattern, trace))
    const traced = new RequestTrace(request, response, profiler, trace, isStandIn, route, flatRoutes)
    traced.attach(first)
    hearClassOf(request)
    if (!hearClassOf(response)) response.once('finish', onClose)
    response.once('close', onClose)
  }
}

function nameBy(pattern: string, trace: LiveTrace): void {
  trace.name = `${trace.labels.method} ${pattern}`
}
