// Traces each request, whatever framework answers it. The trace starts before the application gets the request, and ends when
// the response has been sent or given up.
import type { Profiler } from '../profiler/profiler.ts'
import { coreOf } from '../profiler/profiler-core.ts'
import { sharedState } from '../profiler/shared-state.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import { pathShape } from './path-shape.ts'
import { hearClassOf, onClose } from './request-events.ts'
import type { RequestLike, ResponseLike } from './request-like.ts'
import { RequestTrace, requestTraceOf } from './request-trace.ts'
import type { RouteNamer } from './route-namer.ts'

export interface RequestTracing {
  namer: RouteNamer
  /** Traces that are kept only for requests with a query, when another profiler traces the same requests. */
  isStandIn?: boolean
  /** Called for each request that gets a trace, before the trace starts. */
  onRequest?: () => void
}

/** Traces a request, calls `next` in the context of its trace and returns what `next` returned. */
export type RequestTracer = <T>(request: RequestLike, response: ResponseLike, next: () => T) => T

export function traceRequests(
  profiler: Profiler,
  { namer, isStandIn = false, onRequest }: RequestTracing,
): RequestTracer {
  if (!profiler.enabled) return (_request, _response, next) => next()
  const core = coreOf(profiler)
  return (request, response, next) => {
    const trace = begin(request, response)
    return trace ? trace.run(next) : next()
  }

  function begin(request: RequestLike, response: ResponseLike): LiveTrace | undefined {
    try {
      const current = core.currentTrace()
      // The sampling decision is made once for each request.
      if (current?.mode === 'unsampled') return undefined
      const first = requestTraceOf(request)
      // With pg-loupe/register, or with the middleware on an application and on another one mounted in it.
      if (first?.isOf(core)) return undefined
      onRequest?.()
      const { method = 'GET' } = request
      const trace = core.startTrace({
        kind: 'http',
        name: `${method} *`,
        labels: { method },
        shape: `${method} ${pathShape(request.originalUrl ?? request.url ?? '')}`,
        // A test that sent the request over the network has another context, and perhaps another profiler.
        parent: sharedState().requestParents.get(request) ?? current,
      })
      if (trace.mode !== 'unsampled') attach(trace, request, response, first)
      return trace
    } catch (error) {
      core.countInternalError(error)
      return undefined
    }
  }

  function attach(
    trace: LiveTrace,
    request: RequestLike,
    response: ResponseLike,
    first: RequestTrace | undefined,
  ): void {
    new RequestTrace(request, response, core, trace, isStandIn, namer).attach(first)
    hearClassOf(request)
    if (!hearClassOf(response)) response.once('finish', onClose)
    response.once('close', onClose)
  }
}
