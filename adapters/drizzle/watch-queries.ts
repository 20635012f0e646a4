// Watches a Drizzle query on its way: where it is built, awaited and executed. By the time Drizzle calls the driver the
// application has left the stack; but `await`, `return` and Promise.all all read `.then` of the builder first, in the
// application's own frame. So `then` becomes a getter. Nothing of what is returned changes.
import { type QueryOrigin, sharedState } from '../../src/profiler/shared-state.ts'
import { type CapturedStack, captureStack } from '../../src/trace/call-site/call-site.ts'
import { rowShape } from './row-shape.ts'

type Method = (this: object, ...args: unknown[]) => unknown
type Then = (this: object, onFulfilled?: unknown, onRejected?: unknown) => unknown

/** Where each query was built, until it is collected. */
const builtAt = new WeakMap<object, CapturedStack>()
/** The builder is called by the application itself, or by a thin layer of its own. */
const BUILDING_FRAMES = 10

export function watchBuilding(
  prototype: object,
  name: string,
  isTraced: () => boolean,
  onBuilt: (built: object) => void,
): () => void {
  return replace(prototype, name, (original) => {
    const watched: Method = function (this: object, ...args) {
      const built = original.apply(this, args)
      if (typeof built !== 'object' || built === null) return built
      onBuilt(built)
      if (isTraced()) builtAt.set(built, captureStack(watched, BUILDING_FRAMES))
      return built
    }
    return watched
  })
}

export function watchAwaiting(prototype: object, isTraced: () => boolean): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'then')
  if (typeof descriptor?.value !== 'function') return () => {}
  const original: Then = descriptor.value
  function readThen(this: object): Then {
    if (!isTraced()) return original
    return thenFrom({ stack: captureStack(readThen), built: builtAt.get(this), via: 'drizzle' }, original)
  }
  Object.defineProperty(prototype, 'then', {
    configurable: true,
    enumerable: descriptor.enumerable ?? false,
    get: readThen,
    set(this: object, value: unknown) {
      Object.defineProperty(this, 'then', { value, writable: true, configurable: true, enumerable: true })
    },
  })
  return () => {
    const current = Object.getOwnPropertyDescriptor(prototype, 'then')
    if (current?.get === readThen) Object.defineProperty(prototype, 'then', descriptor)
  }
}

/** What follows the query is the application's again, so its callbacks run outside of the query's origin. */
function thenFrom(origin: QueryOrigin, original: Then): Then {
  return function then(this: object, onFulfilled, onRejected) {
    const storage = sharedState().origin
    const outer = storage.getStore()
    const leave = (callback: unknown, note: (value: unknown) => void) =>
      typeof callback === 'function'
        ? (value: unknown) => {
            quietly(() => note(value))
            return storage.run(outer, () => callback(value))
          }
        : callback
    /** A connection that was opened for this query keeps the origin as long as it lives. */
    const empty = () => {
      for (const name of ['stack', 'built', 'tables', 'recording'] as const) delete origin[name]
    }
    return storage.run(origin, () =>
      original.call(
        this,
        leave(onFulfilled, (value) => {
          noteRows(value, origin, this)
          empty()
        }),
        leave(onRejected, empty),
      ),
    )
  }
}

/** No error of ours reaches the application. */
function quietly(note: () => void): void {
  try {
    note()
  } catch (error) {
    for (const profiler of sharedState().drizzleProfilers) profiler.countInternalError(error)
  }
}

/** `findFirst` gives one row; a count is none, and what `db.execute` gives is the driver's own. */
function noteRows(value: unknown, { recording }: QueryOrigin, builder: object): void {
  if (!recording || typeof value !== 'object' || value === null) return
  if (!Array.isArray(value) && 'rows' in value) return
  const rows = Array.isArray(value) ? value : [value]
  recording.handsOver(rows, () => rowShape(builder))
}

/** Every query passes its prepared form, explicit `.execute()` and prepared statements too; it knows the tables. */
export function watchExecuting(prototype: object, isTraced: () => boolean): () => void {
  return replace(prototype, 'execute', (original) => {
    return function (this: object, ...args) {
      if (!isTraced()) return original.apply(this, args)
      const storage = sharedState().origin
      const current = storage.getStore()
      const tables = tablesOf(this)
      if (current && !current.used) {
        if (tables) current.tables = tables
        return original.apply(this, args)
      }
      return storage.run({ via: 'drizzle', tables }, () => original.apply(this, args))
    }
  })
}

/** Kept by Drizzle for its cache: an array, or since 1.0 a function that makes one. */
function tablesOf(prepared: object): (() => readonly string[]) | undefined {
  const tables = (prepared as { queryMetadata?: { tables?: unknown } }).queryMetadata?.tables
  if (Array.isArray(tables)) return () => tables
  if (typeof tables !== 'function') return undefined
  return () => {
    try {
      return tables()
    } catch {
      return []
    }
  }
}

/** Returns the function that takes it away again, unless somebody has put another over it. */
function replace(prototype: object, name: string, wrap: (original: Method) => Method): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  if (typeof descriptor?.value !== 'function') return () => {}
  const value = wrap(descriptor.value)
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(value, property, { value: descriptor.value[property], configurable: true })
  }
  Object.defineProperty(prototype, name, { ...descriptor, value })
  return () => {
    if (Object.getOwnPropertyDescriptor(prototype, name)?.value !== value) return
    Object.defineProperty(prototype, name, descriptor)
  }
}
