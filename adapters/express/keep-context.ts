// Events of a request come from its socket, which knows nothing of the request's context; what their listeners do belongs
// to the request all the same. Where the trace is right already, nothing is touched. One function serves all requests: one
// made for each would cost more than it does.
import type { Profiler } from '../../src/profiler.ts'
import { replaceMethod } from '../../src/replace-method.ts'
import type { ContextStore } from '../../src/trace/context.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'

const KEPT = Symbol('pg-loupe context')

interface Kept {
  readonly emitter: object
  readonly trace: LiveTrace
  readonly context: ContextStore<LiveTrace>
  readonly onEnd: (() => void) | undefined
}

/** Returns whether `onEnd` will be called when the response is sent or given up, before others hear of it. */
export function keepContext(
  emitter: object,
  trace: LiveTrace,
  { context }: Profiler,
  onEnd?: () => void,
): boolean {
  if (Object.hasOwn(emitter, 'emit')) {
    // Another's patch, or another profiler's.
    replaceMethod(emitter, 'emit', (call) => (...args: unknown[]) => {
      return isRight(trace, context) ? call(args) : context.run(trace, () => call(args))
    })
    return false
  }
  const kept: Kept = { emitter, trace, context, onEnd }
  Object.defineProperty(emitter, KEPT, { value: kept })
  Object.defineProperty(emitter, 'emit', EMIT)
  return true
}

const EMIT: PropertyDescriptor = {
  value: function emit(this: { [KEPT]?: Kept }, event: unknown, ...args: unknown[]): unknown {
    const kept = this[KEPT]
    // Borrowed for another emitter, to which it means nothing.
    if (!kept) return Object.getPrototypeOf(this).emit.call(this, event, ...args)
    const { emitter, trace, context, onEnd } = kept
    if (onEnd && (event === 'finish' || event === 'close')) onEnd()
    const original = Object.getPrototypeOf(emitter).emit
    if (isUnheard(emitter, event) || isRight(trace, context)) return original.call(emitter, event, ...args)
    return context.run(trace, () => original.call(emitter, event, ...args))
  },
  writable: true,
  configurable: true,
  enumerable: false,
}

/** Most events of a request have no listener, and to set a context for nobody is most of what they would cost. */
function isUnheard(emitter: { listenerCount?(event: unknown): number }, event: unknown): boolean {
  return emitter.listenerCount?.(event) === 0
}

function isRight(trace: LiveTrace, context: ContextStore<LiveTrace>): boolean {
  return trace.closed || context.get() === trace
}
