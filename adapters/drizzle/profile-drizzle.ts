// Determines the lines of Drizzle's queries: the line that awaits a query and the line that built it. The methods are replaced on
// the prototypes of the copy of drizzle-orm that made the application's `db`, because the `tx` of a transaction is a new
// object each time. The logger and the cache of Drizzle are left to the application.
import { prototypesWith } from '../../src/host/prototypes-with.ts'
import { assertProfiler, defaultProfiler } from '../../src/profiler/default-profiler.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { type DrizzleLike, findPrototypes } from './find-prototypes.ts'
import { watchAwaiting, watchBuilding, watchExecuting } from './watch-queries.ts'

/**
 * Makes findings about the queries of a Drizzle database name their line, and returns the database. Its pool has to be profiled too.
 *
 * @throws TypeError when the first argument is no Drizzle database.
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
  const { instrumented, drizzleRecorders } = sharedState()
  drizzleRecorders.add(recorderOf(profiler))
  const primary = primaryOf(db)
  const copy = copyOf(primary)
  if (copy && !instrumented.has(copy)) {
    const undo = watchCopy(primary)
    instrumented.set(copy, () => {
      instrumented.delete(copy)
      undo()
    })
  }
  return db
}

/** Takes the profiler off this copy of drizzle-orm, for all its databases. Returns the database. */
export function unprofileDrizzle<Database extends DrizzleLike>(db: Database): Database {
  const copy = copyOf(primaryOf(db))
  if (copy) sharedState().instrumented.get(copy)?.()
  return db
}

/** In Drizzle 0.45 `withReplicas` returns a plain object around databases of the same classes. */
function primaryOf(db: DrizzleLike): DrizzleLike {
  return (db as { $primary?: DrizzleLike }).$primary ?? db
}

/** The object that stands for a copy of drizzle-orm: all its databases and transactions share this prototype. */
function copyOf(db: DrizzleLike): object | undefined {
  return prototypesWith(db, 'execute')[0]
}

function watchCopy(db: DrizzleLike): () => void {
  const { building, awaited, executed } = findPrototypes(db)
  const undos: (() => void)[] = []
  const known = new WeakSet<object>()
  const watchThenOf = (prototypes: readonly object[]) => {
    for (const prototype of prototypes) {
      if (known.has(prototype)) continue
      known.add(prototype)
      undos.push(watchAwaiting(prototype, isTraced))
    }
  }
  /** The classes that were checked for a `then`, because `meet` is called for every query that is built. */
  const met = new WeakSet<object>()
  const meet = (built: object) => {
    const prototype = Object.getPrototypeOf(built)
    if (met.has(prototype)) return
    met.add(prototype)
    watchThenOf(prototypesWith(built, 'then'))
  }
  watchThenOf(awaited)
  for (const { prototype, name } of building) {
    undos.push(watchBuilding(prototype, name, isTraced, meet))
  }
  for (const prototype of executed) undos.push(watchExecuting(prototype, isTraced))
  return () => {
    for (const undo of undos.reverse()) undo()
  }
}

/** Whether any profiler captures a query that is sent now. */
function isTraced(): boolean {
  for (const recorder of sharedState().drizzleRecorders) {
    try {
      if (recorder.isRecording()) return true
    } catch (error) {
      // The context store may be one of the application's own, which may throw.
      recorder.countInternalError(error)
    }
  }
  return false
}

function describe(value: unknown): string {
  return value === null || typeof value !== 'object'
    ? String(value)
    : `an object of class ${value.constructor?.name}`
}
