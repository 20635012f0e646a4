// Listens to the events of all requests and responses of a class, and to the moment when headers are written. The methods are
// replaced once, on the class, because to replace them on each object takes longer than everything else that is done for a
// request. A request that is not traced costs one lookup.
import { aroundMethod, type Method } from '../host/replace-method.ts'
import { sharedState } from '../profiler/shared-state.ts'
import { forget, type RequestTrace, requestTraceOf } from './request-trace.ts'
import { withTiming } from './server-timing.ts'

/** The prototypes of objects whose class is listened to. A framework may put prototypes of its own before the class. */
const heard = new WeakSet<object>()

/**
 * Returns whether the class of the object is listened to. An object that is no request or response of a server has a class that
 * is used for more than requests; such a class is left alone.
 */
export function hearClassOf(object: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(object)
  if (!prototype) return false
  if (heard.has(prototype)) return true
  const holder = classOf(prototype)
  if (!holder || !('writeHead' in holder || 'headers' in holder)) return false
  const { instrumented } = sharedState()
  // Another copy of this package may have done it already.
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
 * Emits an event in the context of the request. Events come from the socket, which has another context, but the work of their
 * listeners belongs to the request. When the response has been sent or given up, its trace ends before any listener is called.
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
  const { trace, next } = traced
  const emit = () => emitInContexts(next, emitter, original, args)
  return isRight(traced) ? emit() : trace.run(emit)
}

/** Most events of a request have no listener. To set the context for them would be most of their cost. */
function isUnheard(emitter: { listenerCount?(event: unknown): number }, event: unknown): boolean {
  return emitter.listenerCount?.(event) === 0
}

function isRight({ trace, core }: RequestTrace): boolean {
  return trace.closed || core.currentTrace() === trace
}

/** A listener for the end of a response, for responses that have an `emit` of their own. */
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
