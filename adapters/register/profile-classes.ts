// Profiles each pool and each client of a class at its first use, as if the application had called profilePool or
// profileClient itself. The classes stay what they are: only the methods through which everything passes look, once for
// each object, whether it is known. Whoever patches the same prototypes (OpenTelemetry) may come before or after.
import type { Profiler } from '../../src/profiler/profiler.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { type ClientLike, type PoolLike, profileClient, profilePool } from '../pg/index.ts'

type Method = (this: object, ...args: unknown[]) => unknown

type OnQuery = (sender: object) => void

/** `onQuery` is called before each, with the frames of whoever sends it on the stack. */
export function profilePoolClass(exported: unknown, profiler: Profiler, onQuery: OnQuery): void {
  for (const name of ['query', 'connect']) {
    profileAtFirst(exported, name, onQuery, (pool) => profilePool(pool as PoolLike, profiler))
  }
}

export function profileClientClass(exported: unknown, profiler: Profiler, onQuery: OnQuery): void {
  // Already at `connect`, so that the first query is no different from the others.
  for (const name of ['connect', 'query']) {
    profileAtFirst(exported, name, onQuery, (client) => profileClient(client as ClientLike, profiler))
  }
}

function profileAtFirst(
  exported: unknown,
  name: string,
  onQuery: OnQuery,
  profile: (instance: object) => void,
): void {
  const prototype = (exported as { prototype?: object } | null | undefined)?.prototype
  const descriptor = prototype && Object.getOwnPropertyDescriptor(prototype, name)
  if (typeof descriptor?.value !== 'function') return
  const original: Method = descriptor.value
  const { instrumented } = sharedState()
  /** Those that could not be profiled (a pool that has been ended) are not tried again. */
  const tried = new WeakSet<object>()

  const value: Method = function (this: object, ...args) {
    onQuery(this)
    if (instrumented.has(this) || tried.has(this)) return original.apply(this, args)
    tried.add(this)
    // Under a method of the application's own (a subclass, a wrapper) that one has run already, and must not run twice.
    const isOutermost = (this as Record<string, unknown>)[name] === value
    try {
      profile(this)
    } catch {
      return original.apply(this, args)
    }
    if (!isOutermost) return original.apply(this, args)
    // Its own method by now, which comes back here and finds the object known.
    return (this as Record<string, Method>)[name]?.call(this, ...args)
  }
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(value, property, { value: original[property], configurable: true })
  }
  Object.defineProperty(prototype, name, { ...descriptor, value })
}
