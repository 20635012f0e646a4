// What is heard of all requests and responses of a class: their events, and that headers are written. The methods are
// replaced on the class, once, because to replace them on each object takes longer than all the rest that is done for a
// request; a request that is not traced passes at a look.
import { aroundMethod, type Method } from '../host/replace-method.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { forget, type RequestTrace, requestTraceOf } from './request-trace.ts'
import { withTiming } from './server-timing.ts'

/** Prototypes of objects of which the class is heard: what Express puts between an object and its class. */
const heard = new WeakSet<object>()

/** Returns whether it is heard: what is no request or response of a server has a class of wider use, which is left alone. */
export function hearClassOf(object: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(object)
  if (!prototype) return false
  if (heard.has(prototype)) return true
  const holder = classOf(prototype)
  if (!holder || !('writeHead' in holder || 'headers' in holder)) return false
  const { instrumented } = sharedState()
  // Unless another copy of this code has done it.
  if (!instrumented.has(holder)) {
    const undos = [
      aroundMethod(holder, 'emit', emitInContext),
      aroundMethod(holder, 'writeHead', writeHeadWithTiming),
    ]
    instrumented.set(holder, () => {
      for (const undo of undos) undo()
    })
  }
  heard.add(prototype)
  return true
}

function classOf(prototype: object): object | undefined {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, 'constructor')) return at
  }
  return undefined
}

/**
 * Events come from the socket, which knows nothing of the request's context; what their listeners do belongs to the request
 * all the same. When the response is sent or given up, its trace ends before anybody else hears of it.
 */
function emitInContext(emitter: object, original: Method, args: unknown[]): unknown {
  const traced = requestTraceOf(emitter)
  if (!traced) return Reflect.apply(original, emitter, args)
  const [event] = args
  if (event === 'finish' || event === 'close') {
    if (emitter === traced.response) endAll(traced, event)
    if (event === 'close') forget(emitter)
  }
  if (isRight(traced) && !traced.next) return Reflect.apply(original, emitter, args)
  return isUnheard(emitter, event)
    ? Reflect.apply(original, emitter, args)
    : emitInContexts(traced, emitter, original, args)
}

function emitInContexts(
  traced: RequestTrace | undefined,
  emitter: object,
  original: Method,
  args: unknown[],
): unknown {
  if (!traced) return Reflect.apply(original, emitter, args)
  const { trace, profiler, next } = traced
  const emit = () => emitInContexts(next, emitter, original, args)
  return isRight(traced) ? emit() : profiler.context.run(trace, emit)
}

/** Most events of a request have no listener, and to set a context for nobody is most of what they would cost. */
function isUnheard(emitter: { listenerCount?(event: unknown): number }, event: unknown): boolean {
  return emitter.listenerCount?.(event) === 0
}

function isRight({ trace, profiler }: RequestTrace): boolean {
  return trace.closed || profiler.currentTrace() === trace
}

/** A listener for the end of a response: of one that was given an `emit` of its own, nothing else is heard. */
export function onClose(this: object): void {
  endAll(requestTraceOf(this), 'close')
}

function endAll(traced: RequestTrace | undefined, event: 'finish' | 'close'): void {
  for (let one = traced; one; one = one.next) one.end(event)
}

function writeHeadWithTiming(response: object, original: Method, given: unknown[]): unknown {
  let args = given
  for (let one = requestTraceOf(response); one; one = one.next) args = withTiming(one, response, args)
  return Reflect.apply(original, response, args)
}
