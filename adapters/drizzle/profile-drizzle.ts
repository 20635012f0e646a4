// Tells the line that awaited a Drizzle query. By the time Drizzle calls the driver the application has left the stack;
// but `await`, `return` and Promise.all all read `.then` of the builder first, in the application's own frame. So `then`
// becomes a getter on the builders' prototypes, found by walking up from builders made of the application's own `db`.
import { assertProfiler, defaultProfiler, type Profiler } from '../../src/profiler.ts'
import { type QueryOrigin, sharedState } from '../../src/shared-state.ts'
import { captureStack } from '../../src/trace/call-site.ts'

/** What is needed of a Drizzle database, so that no copy of drizzle-orm has to be imported. */
export interface DrizzleLike {
  select(...args: never[]): unknown
  execute(...args: never[]): unknown
}

type Then = (onFulfilled?: unknown, onRejected?: unknown) => unknown

/** Profilers whose traces want lines; without an open trace nothing is captured. */
const watching = new Set<Profiler>()

/**
 * Makes the queries of a Drizzle database name their line, and returns the database. Its pool has to be profiled too.
 *
 * @throws TypeError when it is given something that is no Drizzle database.
 */
export function profileDrizzle<Database extends DrizzleLike>(
  db: Database,
  profiler: Profiler = defaultProfiler(),
): Database {
  assertProfiler(profiler, 'profileDrizzle')
  if (typeof db?.select !== 'function' || typeof db.execute !== 'function') {
    throw new TypeError(`pg-loupe: profileDrizzle takes a Drizzle database, but got ${describe(db)}`)
  }
  if (!profiler.enabled) return db
  watching.add(profiler)
  const { instrumented } = sharedState()
  for (const prototype of thenablePrototypes(db)) {
    if (!instrumented.has(prototype)) instrumented.set(prototype, watchThen(prototype))
  }
  return db
}

/** Gives the builders of this copy of drizzle-orm their `then` back, for all its databases. Returns the database. */
export function unprofileDrizzle<Database extends DrizzleLike>(db: Database): Database {
  for (const prototype of thenablePrototypes(db)) sharedState().instrumented.get(prototype)?.()
  return db
}

interface Builders {
  execute(sql: string): { getSQL(): unknown }
  select(): { from(source: unknown): unknown }
  $count(source: unknown): unknown
}

/** The prototypes that bring a `then` of their own. The builders made here are never executed. */
function thenablePrototypes(db: DrizzleLike): Set<object> {
  const { execute, select, $count } = db as unknown as Builders
  const builders: unknown[] = []
  const build = (make: () => unknown) => {
    try {
      builders.push(make())
    } catch {
      // A version of Drizzle that makes this builder differently: its queries have no line, the others do.
    }
  }
  build(() => execute.call(db, 'select 1'))
  build(() => select.call(db).from(execute.call(db, 'select 1').getSQL()))
  build(() => $count.call(db, execute.call(db, 'select 1').getSQL()))
  return new Set(builders.flatMap(prototypesOf).filter((prototype) => Object.hasOwn(prototype, 'then')))
}

function prototypesOf(value: unknown): object[] {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype ? [] : [prototype, ...prototypesOf(prototype)]
}

function watchThen(prototype: object): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'then')
  if (!descriptor) return () => {}
  const original = descriptor.value as Then
  Object.defineProperty(prototype, 'then', {
    configurable: true,
    enumerable: descriptor.enumerable ?? false,
    get: function readThen(this: object): Then {
      for (const profiler of watching) {
        if (profiler.currentTrace())
          return thenFrom({ stack: captureStack(readThen), via: 'drizzle' }, original)
      }
      return original
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, 'then', { value, writable: true, configurable: true, enumerable: true })
    },
  })
  return () => {
    sharedState().instrumented.delete(prototype)
    Object.defineProperty(prototype, 'then', descriptor)
  }
}

/** What follows the query is the application's again, so its callbacks run outside of the query's origin. */
function thenFrom(origin: QueryOrigin, original: Then): Then {
  return function then(this: object, onFulfilled, onRejected) {
    const storage = sharedState().origin
    const outer = storage.getStore()
    const leave = (callback: unknown) =>
      typeof callback === 'function'
        ? (value: unknown) => storage.run(outer, () => callback(value))
        : callback
    return storage.run(origin, () => original.call(this, leave(onFulfilled), leave(onRejected)))
  }
}

function describe(value: unknown): string {
  return value === null || typeof value !== 'object'
    ? String(value)
    : `an object of class ${value.constructor?.name}`
}
