// What one profiler knows of one request while it is answered. Request and response both lead to it.
import type { Profiler } from '../profiler/profiler.ts'
import { sharedState } from '../profiler/shared-state.ts'
import type { LiveTrace } from '../trace/live-trace.ts'
import { pageNames } from './page-names.ts'
import type { RouteNamer } from './route-namer.ts'

/** What is needed of a request of `node:http`, and of what a framework puts on it. */
export interface RequestLike {
  method?: string | undefined
  url?: string | undefined
  /** Set by a framework that changes `url` on the way through its routers. */
  originalUrl?: string
  /** Set by a middleware that parses it. */
  readonly body?: unknown
}

export interface ResponseLike {
  statusCode: number
  once(event: 'finish' | 'close', listener: () => void): unknown
  readonly writableFinished: boolean
}

/**
 * By request and by response, the first of those that trace it. A map that forgets them as they close is cheaper than a
 * WeakMap, and much cheaper than a property: to V8 before version 13 each request is an object of its own kind once Express
 * has set its prototype. Other copies of this code have the same one.
 */
const state = sharedState() as { requests: Map<object, RequestTrace> }

/** After so many the map is made anew: each of its tables keeps the one that takes its place, and what is in it. */
const REQUESTS_OF_MAP = 500
let forgotten = 0

export function requestTraceOf(object: object): RequestTrace | undefined {
  return state.requests.get(object)
}

/** Nothing happens to it any more. */
export function forget(object: object): void {
  const { requests } = state
  const traced = requests.get(object)
  requests.delete(object)
  // A trace is there for longer than what it traced.
  if (traced && !requests.has(object === traced.request ? traced.response : traced.request)) {
    traced.trace.onClosed = undefined
    if (++forgotten % REQUESTS_OF_MAP === 0) state.requests = new Map(requests)
  }
}

export class RequestTrace {
  readonly request: RequestLike
  readonly response: ResponseLike
  readonly profiler: Profiler
  readonly trace: LiveTrace
  /** It is there for requests that nobody else traces. */
  readonly isStandIn: boolean
  /** Of another profiler. */
  next: RequestTrace | undefined
  /** Server-Timing has told of it. */
  isTold = false
  readonly #namer: RouteNamer
  /** What the namer keeps of the request until its end. */
  readonly #followed: unknown

  constructor(
    request: RequestLike,
    response: ResponseLike,
    profiler: Profiler,
    trace: LiveTrace,
    isStandIn: boolean,
    namer: RouteNamer,
  ) {
    this.request = request
    this.response = response
    this.profiler = profiler
    this.trace = trace
    this.isStandIn = isStandIn
    this.#namer = namer
    this.#followed = namer.follow(request, trace)
  }

  /** Makes request and response lead to it, behind those that trace the request already. */
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

  /** Somebody traces the request who was asked to: what only stands in says nothing of it unless it has seen a query. */
  leaveTo(): void {
    if (this.isStandIn) this.trace.isStandIn = true
    this.next?.leaveTo()
  }

  /** They may never have been closed. */
  traceClosed(): void {
    state.requests.delete(this.request)
    state.requests.delete(this.response)
  }

  isOf(profiler: Profiler): boolean {
    return this.profiler === profiler || this.next?.isOf(profiler) === true
  }

  /** The response is sent, or given up: an error of ours must not be one of the application's there. */
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
      this.profiler.countInternalError(error)
    }
  }

  #name(): string {
    const { method = '' } = this.trace.labels
    const page = this.#namer.page(this.#followed, this.request, this.trace)
    return `${method} ${page ? pageNames.nameOf(page, this.response.statusCode) : '*'}`
  }
}

/**
 * The values in the path and the query string, and the body where a middleware has parsed it. They are read only when a
 * loop is found; until then the request itself is not kept.
 */
function inputOf(request: RequestLike): () => unknown[] {
  const path = request.originalUrl ?? request.url ?? ''
  const body = bodyOf(request)
  return () => {
    const parts = path.split(/[/?&=,#]/)
    return [parts, parts.map(decoded), body]
  }
}

/** A middleware may have defined it as a getter that throws. */
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
