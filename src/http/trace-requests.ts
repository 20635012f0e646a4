// A trace for each request, whatever framework answers it: it begins before the application sees the request, and ends when the
// response is sent or given up.
import type { Profiler } from '../profiler/profiler.ts'
import { sharedState } from '../profiler/shared-state.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import { pathShape } from './path-shape.ts'
import { hearClassOf, onClose } from './request-events.ts'
import { type RequestLike, RequestTrace, type ResponseLike, requestTraceOf } from './request-trace.ts'
import type { RouteNamer } from './route-namer.ts'

export interface RequestTracing {
  namer: RouteNamer
  /** Of requests that another profiler traces as well, it keeps only those in which it saw a query. */
  isStandIn?: boolean
  /** Called for each request that gets a trace, before that begins. */
  onRequest?: () => void
}

/** Traces a request, and calls `next` in the context of its trace. */
export type RequestTracer = (request: RequestLike, response: ResponseLike, next: () => void) => void

export function traceRequests(
  profiler: Profiler,
  { namer, isStandIn = false, onRequest }: RequestTracing,
): RequestTracer {
  if (!profiler.enabled) return (_request, _response, next) => next()
  return (request, response, next) => {
    const trace = begin(request, response)
    if (trace) profiler.context.run(trace, next)
    else next()
  }

  function begin(request: RequestLike, response: ResponseLike): LiveTrace | undefined {
    try {
      const current = profiler.currentTrace()
      // The share of requests that are looked at is drawn once for each.
      if (current?.mode === 'unsampled') return undefined
      const first = requestTraceOf(request)
      // Under pg-loupe/register, or with the middleware on an application and on one mounted in it.
      if (first?.isOf(profiler)) return undefined
      onRequest?.()
      const { method = 'GET' } = request
      const trace = profiler.startTrace({
        kind: 'http',
        name: `${method} *`,
        labels: { method },
        shape: `${method} ${pathShape(request.originalUrl ?? request.url ?? '')}`,
        // A test that sent it over the network has another context, and perhaps another profiler.
        parent: sharedState().requestParents.get(request) ?? current,
      })
      if (trace.mode !== 'unsampled') attach(trace, request, response, first)
      return trace
    } catch (error) {
      profiler.countInternalError(error)
      return undefined
    }
  }

  function attach(
    trace: LiveTrace,
    request: RequestLike,
    response: ResponseLike,
    first: RequestTrace | undefined,
  ): void {
    new RequestTrace(request, response, profiler, trace, isStandIn, namer).attach(first)
    hearClassOf(request)
    if (!hearClassOf(response)) response.once('finish', onClose)
    response.once('close', onClose)
  }
}
