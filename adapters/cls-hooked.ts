// pg-loupe/cls-hooked: finds the current trace through a cls-hooked namespace, for applications that keep their context in one and
// bind their emitters and callbacks to it. The values that the application keeps in the namespace are not affected: a trace
// is a layer over the current context, and everything else is read from and written to that context.
import { AsyncResource } from 'node:async_hooks'
import type { ContextStore } from '../src/trace/context.ts'
import type { TraceHandle } from '../src/trace/trace-handle.ts'

/** The members that are used of a namespace, as `createNamespace` and `getNamespace` of cls-hooked return it. */
export interface NamespaceLike {
  readonly active: object | null
  createContext(): object
  enter(context: never): void
  exit(context: never): void
}

const TRACE = Symbol('pg-loupe trace')

/**
 * Makes the `context` option of `createProfiler` from the application's namespace.
 *
 * @throws TypeError when the argument is no namespace of cls-hooked.
 */
export function clsHookedContext(namespace: NamespaceLike): ContextStore<TraceHandle> {
  if (typeof namespace?.createContext !== 'function' || typeof namespace.enter !== 'function') {
    throw new TypeError(
      "pg-loupe: clsHookedContext takes a namespace, as cls-hooked's createNamespace('app') gives it, " +
        `but got ${namespace === null ? 'null' : typeof namespace}`,
    )
  }
  const within = <R>(context: object, fn: () => R): R => {
    namespace.enter(context as never)
    try {
      return fn()
    } finally {
      namespace.exit(context as never)
    }
  }
  const here = () => namespace.active ?? namespace.createContext()

  return {
    get: () => (namespace.active as { [TRACE]?: TraceHandle } | null)?.[TRACE],
    run: (trace, fn) => within(layer(here(), trace), fn),
    bind(fn) {
      const context = here()
      // AsyncResource keeps the contexts of AsyncLocalStorage and of other namespaces of the application.
      const bound = AsyncResource.bind(function (this: unknown, ...args: unknown[]): unknown {
        return within(context, () => Reflect.apply(fn, this, args))
      })
      return bound as unknown as typeof fn
    },
  }
}

function layer(context: object, trace: TraceHandle | undefined): object {
  return new Proxy(context, {
    get: (target, key) => (key === TRACE ? trace : Reflect.get(target, key)),
  })
}
