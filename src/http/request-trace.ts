// Holds what one profiler knows about one request until it has been answered. The request and the response both lead to it.
import type { ProfilerCore } from '../profiler/profiler-core.ts'
import { sharedState } from '../profiler/shared-state.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import { pageNames, pageOfShape } from './page-names.ts'
import type { RequestLike, ResponseLike } from './request-like.ts'
import type { RouteNamer } from './route-namer.ts'

/**
 * The first trace of each request, by request and by response. A map from which they are deleted when they close is cheaper
 * than a WeakMap, and much cheaper than a property: V8 before version 13 gives each request a hidden class of its own once a
 * framework has set its prototype. All copies of this package in a process share the map.
 */
const state = sharedState() as { requests: Map<object, RequestTrace> }

/** After so many deletions the map is replaced, because each table of a map keeps the next table and its contents alive. */
const REQUESTS_OF_MAP = 500
let forgotten = 0

export function requestTraceOf(object: object): RequestTrace | undefined {
  return state.requests.get(object)
}

/** Called when nothing happens to the request or response any more. */
export function forget(object: object): void {
  const { requests } = state
  const traced = requests.get(object)
  requests.delete(object)
  // The trace lives longer than its request and response.
  if (traced && !requests.has(object === traced.request ? traced.response : traced.request)) {
    traced.trace.onClosed = undefined
    if (++forgotten % REQUESTS_OF_MAP === 0) state.requests = new Map(requests)
  }
}

export class RequestTrace {
  readonly request: RequestLike
  readonly response: ResponseLike
  readonly core: ProfilerCore
  readonly trace: LiveTrace
  /** Kept only when no other profiler traces the request, or when it saw a query. */
  readonly isStandIn: boolean
  /** The trace of the same request by another profiler. */
  next: RequestTrace | undefined
  /** The response has its Server-Timing header. */
  isTold = false
  readonly #namer: RouteNamer
  /** The value that the namer keeps until the request ends. */
  readonly #followed: unknown

  constructor(
    request: RequestLike,
    response: ResponseLike,
    core: ProfilerCore,
    trace: LiveTrace,
    isStandIn: boolean,
    namer: RouteNamer,
  ) {
    this.request = request
    this.response = response
    this.core = core
    this.trace = trace
    this.isStandIn = isStandIn
    this.#namer = namer
    this.#followed = namer.follow?.(request, trace)
  }

  /** Makes request and response lead to this trace, after the traces that the request has already. */
  attach(first: RequestTrace | undefined): void {
    if (!first) {
      state.requests.set(this.request, this)
      state.requests.set(this.response, this)
      this.trace.onClosed = this
      return
    }
    if (!this.isStandIn) first.leaveTo()
    this.next = first.next
    first.next = this
  }

  /** Called when a profiler traces the request that the application asked to: a stand-in is then kept only with queries. */
  leaveTo(): void {
    if (this.isStandIn) this.trace.isStandIn = true
    this.next?.leaveTo()
  }

  /** Called when the trace has closed, because the request and the response may never close. */
  traceClosed(): void {
    state.requests.delete(this.request)
    state.requests.delete(this.response)
  }

  isOf(core: ProfilerCore): boolean {
    return this.core === core || this.next?.isOf(core) === true
  }

  /** Called when the response has been sent or given up. An internal error must not reach the application here. */
  end(event: 'finish' | 'close'): void {
    const { trace, request, response } = this
    if (trace.hasEnded) return
    try {
      trace.name = this.#name()
      trace.labels.status = String(response.statusCode)
      if (event !== 'finish' && !response.writableFinished) trace.labels.aborted = 'true'
      if (trace.mode !== 'counting') trace.input = inputOf(request)
      trace.end()
    } catch (error) {
      this.core.countInternalError(error)
    }
  }

  #name(): string {
    const { method = '' } = this.trace.labels
    const route = this.#namer.name(this.request, this.#followed, this.trace) ?? pageOfShape(this.trace.shape)
    return `${method} ${typeof route === 'string' ? route : pageNames.nameOf(route, this.response.statusCode)}`
  }
}

/**
 * The values in the path and in the query string, and the body if a middleware has parsed it. They are read only when a loop
 * is found; the request itself is not kept until then.
 */
function inputOf(request: RequestLike): () => unknown[] {
  const path = request.originalUrl ?? request.url ?? ''
  const body = bodyOf(request)
  return () => {
    const parts = path.split(/[/?&=,#]/)
    return [parts, parts.map(decoded), body]
  }
}

/** A middleware may have defined the body as a getter that throws. */
function bodyOf(request: RequestLike): unknown {
  try {
    return request.body
  } catch {
    return undefined
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    return part
  }
}
