// Notes where a Drizzle query is built, awaited and executed. When Drizzle calls the driver, the application is no longer on the
// stack. However, `await`, `return` and Promise.all read `.then` of the builder first, in a frame of the application, so `then`
// becomes a getter. The values that are returned do not change.
import { aroundMethod, replaceMethodByGetter } from '../../src/host/replace-method.ts'
import { type QueryOrigin, sharedState } from '../../src/profiler/shared-state.ts'
import { type CapturedStack, captureStack } from '../../src/trace/call-site/call-site.ts'
import { rowShape } from './row-shape.ts'

type Then = (this: object, onFulfilled?: unknown, onRejected?: unknown) => unknown

/** The stack at which each query was built, until the query is garbage collected. */
const builtAt = new WeakMap<object, CapturedStack>()
/** Builders are called by the application, or by a thin layer of its own, so few frames are enough. */
const BUILDING_FRAMES = 10

export function watchBuilding(
  prototype: object,
  name: string,
  isTraced: () => boolean,
  onBuilt: (built: object) => void,
): () => void {
  return aroundMethod(prototype, name, (builder, original, args, below) => {
    const built = Reflect.apply(original, builder, args)
    if (typeof built !== 'object' || built === null) return built
    onBuilt(built)
    if (isTraced()) builtAt.set(built, captureStack(below, BUILDING_FRAMES))
    return built
  })
}

export function watchAwaiting(prototype: object, isTraced: () => boolean): () => void {
  return replaceMethodByGetter(
    prototype,
    'then',
    (original) =>
      function readThen(this: object): Then {
        if (!isTraced()) return original
        return thenFrom({ stack: captureStack(readThen), built: builtAt.get(this), via: 'drizzle' }, original)
      },
  )
}

/** The callbacks belong to the application again, so they run outside of the origin of the query. */
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
    /** A connection that was opened for this query keeps the origin for its whole life, so the origin is emptied. */
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

/** Keeps internal errors away from the application. */
function quietly(note: () => void): void {
  try {
    note()
  } catch (error) {
    for (const recorder of sharedState().drizzleRecorders) recorder.countInternalError(error)
  }
}

/** `findFirst` returns one row. A count is no row, and `db.execute` returns the result of the driver. */
function noteRows(value: unknown, { recording }: QueryOrigin, builder: object): void {
  if (!recording || typeof value !== 'object' || value === null) return
  if (!Array.isArray(value) && 'rows' in value) return
  const rows = Array.isArray(value) ? value : [value]
  recording.handsOver(rows, () => rowShape(builder))
}

/**
 * Notes the tables of each query. Every query passes the `execute` of its prepared form, and so do explicit calls of `.execute()`
 * and prepared statements.
 */
export function watchExecuting(prototype: object, isTraced: () => boolean): () => void {
  return aroundMethod(prototype, 'execute', (prepared, original, args) => {
    const execute = () => Reflect.apply(original, prepared, args)
    if (!isTraced()) return execute()
    const storage = sharedState().origin
    const current = storage.getStore()
    const tables = tablesOf(prepared)
    if (current && !current.used) {
      if (tables) current.tables = tables
      return execute()
    }
    return storage.run({ via: 'drizzle', tables }, execute)
  })
}

/** Drizzle keeps the tables for its cache: as an array, or since 1.0 as a function that returns one. */
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
