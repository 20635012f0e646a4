// Profiles each pool and each client of pg at its first use, as if the application had called profilePool or profileClient.
// The classes stay the same: only the methods that every use passes check, once for each object, whether it is profiled.
// Other libraries that patch the same prototypes (OpenTelemetry) may do so before or after.
import { aroundMethod, type Method } from '../../src/host/replace-method.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { pgDriver } from '../pg/driver.ts'
import { type ClientLike, type PoolLike, profileClient, profilePool } from '../pg/index.ts'
import type { Library, Registered } from './library.ts'

export const pg: Library = {
  files: pgDriver.classes.map(({ kind, file }) => ({
    ...file,
    profile: (exported, start) => profileClass((exported as { prototype: object }).prototype, kind, start()),
  })),
}

/**
 * The methods at which an object is profiled. A client is profiled when it connects already, so that its first query is
 * recorded like all others.
 */
const METHODS = { pool: ['query', 'connect'], client: ['connect', 'query'] } as const

function profileClass(prototype: object, kind: 'pool' | 'client', { profiler, onQuery }: Registered): void {
  for (const name of METHODS[kind]) {
    profileAtFirst(prototype, name, onQuery, (source) =>
      kind === 'pool'
        ? profilePool(source as PoolLike, profiler)
        : profileClient(source as ClientLike, profiler),
    )
  }
}

function profileAtFirst(
  prototype: object,
  name: string,
  onQuery: Registered['onQuery'],
  profile: (source: object) => void,
): void {
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
      // Otherwise a method of the application's own (of a subclass or a wrapper) has run already, and must not run twice.
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
