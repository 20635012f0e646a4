// Profiles one pool of postgres.js: the function `sql` that `postgres()` returns. It remains the object of the application. Its
// queries are recognised by their canceller, a function that all queries of one pool share: also those in transactions, on
// reserved connections and through `tx` of savepoints. The connections that postgres.js opens for `listen` and `subscribe` are
// pools of their own, and are not profiled.
import { aroundMethod } from '../../src/host/replace-method.ts'
import { assertProfiler, defaultProfiler } from '../../src/profiler/default-profiler.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { setupWatchFor } from '../observe/tell-setup.ts'
import { type CopyClasses, classesOf } from './copy-classes.ts'
import { postgresDriver } from './driver.ts'
import { factoryIn, type PackageOfCopy, packageOfCopy } from './find-factory.ts'
import { databaseOf, type PostgresFactory } from './own-connection.ts'
import type { PostgresLike, QueryInside } from './postgres-like.ts'
import { recordQueries } from './record-queries.ts'
import { statementWriter } from './statement-of-query.ts'
import { watchCopy } from './watch-copy.ts'

/**
 * Records every query of a pool of postgres.js, and returns the pool. A pool that is profiled already is returned as it is, and
 * so is any pool while the profiler is off.
 *
 * @throws TypeError when the first argument is not the function that `postgres()` returns.
 */
export function profilePostgres<Sql extends PostgresLike>(
  sql: Sql,
  profiler: Profiler = defaultProfiler(),
): Sql {
  assertProfiler(profiler, 'profilePostgres')
  const classes = assertPool(sql)
  const { instrumented, profilerOf, leftOut } = sharedState()
  if (!profiler.enabled) return sql
  if (instrumented.has(sql)) {
    if ((profilerOf.get(sql) ?? profiler) !== profiler) tellOther()
    return sql
  }
  profilerOf.set(sql, profiler)
  leftOut.delete(sql)

  const recorder = recorderOf(profiler)
  const canceller = cancellerOf(sql)
  const copy = watchCopy(classes.Query)
  const pool = recordQueries(recorder, sql.options, statementWriter(classes, sql.options), (connection) =>
    recorder.addConnection(connection, database),
  )
  const undoQueries = copy.add(canceller, pool)
  const itsPackage = packageOfCopy(copy.filesMaking(() => cancellerOf(sql)))
  const database = itsPackage && databaseOf(sql.options, ownPoolsOf(itsPackage))
  const undoListening = ['listen', 'subscribe'].map((name) => outsideOfTraces(sql, name, recorder))

  // The set-up watch knows the pool by its canceller.
  profilerOf.set(canceller, profiler)
  leftOut.delete(canceller)
  instrumented.set(canceller, () => {})
  instrumented.set(sql, () => {
    instrumented.delete(sql)
    instrumented.delete(canceller)
    undoQueries()
    for (const undo of undoListening) undo()
  })
  try {
    const { prototype } = classes.Query
    const version = itsPackage?.version
    setupWatchFor(profiler)?.poolProfiled(canceller, postgresDriver, { prototype, version })
  } catch (error) {
    recorder.countInternalError(error)
  }
  return sql
}

/**
 * Takes the profiler off the pool, and declares that this pool is not to be profiled, so that no hint is about it. Returns the
 * pool.
 */
export function unprofilePostgres<Sql extends PostgresLike>(sql: Sql): Sql {
  const { instrumented, leftOut } = sharedState()
  instrumented.get(sql)?.()
  leftOut.add(sql)
  leftOut.add(cancellerOf(sql))
  return sql
}

/** The messages of `listen` and `subscribe` belong to no request: the work on each message is a unit of its own. */
function outsideOfTraces(
  sql: object,
  name: string,
  { context, beginRoot }: ReturnType<typeof recorderOf>,
): () => void {
  const before = (sql as Record<string, unknown>)[name]
  const undo = aroundMethod(sql, name, (target, original, args) => {
    const heard = args.map((arg) => {
      if (typeof arg !== 'function') return arg
      return function (this: unknown, ...message: unknown[]): unknown {
        beginRoot()
        return Reflect.apply(arg, this, message)
      }
    })
    return context.run(undefined, () => Reflect.apply(original, target, heard))
  })
  // `subscribe` carries its pool.
  Object.assign((sql as Record<string, object>)[name] ?? {}, before)
  return undo
}

/** Makes pools that nothing profiles and no notice is about, even if `register` profiles all others. */
function ownPoolsOf(itsPackage: PackageOfCopy): () => Promise<PostgresFactory> {
  return async () => {
    const factory = await factoryIn(itsPackage)
    return (options) => {
      const { instrumented, profilerOf } = sharedState()
      const own = unprofilePostgres(factory(options) as unknown as PostgresLike)
      const canceller = cancellerOf(own)
      profilerOf.delete(canceller)
      instrumented.set(canceller, () => {})
      return own as never
    }
  }
}

function cancellerOf(sql: PostgresLike): object {
  const { canceller } = (sql.unsafe as (text: string) => unknown)('') as QueryInside
  return canceller as object
}

function assertPool(sql: PostgresLike): CopyClasses {
  const isPool = [sql, sql?.unsafe, sql?.begin].every((one) => typeof one === 'function')
  try {
    if (isPool && sql.options) return classesOf(sql)
  } catch {
    // Another library has functions of the same names.
  }
  throw new TypeError(
    `pg-loupe: profilePostgres takes the function that postgres() returns, but got ${describe(sql)}`,
  )
}

function tellOther(): void {
  process.emitWarning(
    'pg-loupe: profilePostgres got a pool that another profiler profiles already, and sees none of its queries; ' +
      'unprofilePostgres takes the other one off',
  )
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') {
    return 'savepoint' in value
      ? 'the function of a transaction: give it the function that began the transaction'
      : 'another function'
  }
  return typeof value === 'object'
    ? `an object of class ${value.constructor?.name ?? 'null'}`
    : `a ${typeof value}`
}
