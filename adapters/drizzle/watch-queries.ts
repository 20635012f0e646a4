// Watches a Drizzle query on its way: where it is built, awaited and executed. By the time Drizzle calls the driver the
// application has left the stack; but `await`, `return` and Promise.all all read `.then` of the builder first, in the
// application's own frame. So `then` becomes a getter. Nothing of what is returned changes.
import { aroundMethod, replaceMethodByGetter } from '../../src/host/replace-method.ts'
import { type QueryOrigin, sharedState } from '../../src/profiler/shared-state.ts'
import { type CapturedStack, captureStack } from '../../src/trace/call-site/call-site.ts'
import { rowShape } from './row-shape.ts'

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
    for (const recorder of sharedState().drizzleRecorders) recorder.countInternalError(error)
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
