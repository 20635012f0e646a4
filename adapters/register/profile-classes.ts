// Profiles each pool and each client of a class at its first use, as if the application had called profilePool or
// profileClient itself. The classes stay what they are: only the methods through which everything passes look, once for
// each object, whether it is known. Whoever patches the same prototypes (OpenTelemetry) may come before or after.
import { aroundMethod, type Method } from '../../src/host/replace-method.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { type ClientLike, type PoolLike, profileClient, profilePool } from '../pg/index.ts'

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
  if (!prototype) return
  const { instrumented } = sharedState()
  /** Objects that could not be profiled, such as a pool that has been ended, are not tried again. */
  const tried = new WeakSet<object>()

  aroundMethod(
    prototype,
    name,
    (source, original, args, replacement) => {
      onQuery(source)
      if (instrumented.has(source) || tried.has(source)) return Reflect.apply(original, source, args)
      tried.add(source)
      // A method of the application's own (of a subclass or a wrapper) has run already then, and must not run twice.
      const isOutermost = (source as Record<string, unknown>)[name] === replacement
      try {
        profile(source)
      } catch {
        return Reflect.apply(original, source, args)
      }
      if (!isOutermost) return Reflect.apply(original, source, args)
      // The object has a method of its own by now, which calls this one again and finds the object profiled.
      return (source as Record<string, Method>)[name]?.call(source, ...args)
    },
    'profile at first use',
  )
}
