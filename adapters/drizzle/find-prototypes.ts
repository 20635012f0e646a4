// Finds the prototypes behind a Drizzle database: the prototypes of its builders, of the queries that they build and of the
// prepared queries. They are read from builders that are made with the application's own `db`, so that no copy of drizzle-orm
// has to be imported and the copy in use is found. No query that is built here is executed. Drizzle 0.45 and 1.0 have the
// same methods, but not the same classes.

import { prototypesWith } from '../../src/host/prototypes-with.ts'

/** The methods that are used of a Drizzle database. */
export interface DrizzleLike {
  select(...args: never[]): unknown
  execute(...args: never[]): unknown
}

/** A method whose result is a query that can be awaited, and the prototype that defines it. */
interface BuildingMethod {
  prototype: object
  name: string
}

export interface DrizzlePrototypes {
  building: readonly BuildingMethod[]
  /** The prototypes with a `then` of their own. Further ones are found when a query is built. */
  awaited: readonly object[]
  /** The prototypes with the `execute` that every query passes in the end. */
  executed: readonly object[]
}

interface Database {
  select(): { from(source: unknown): { _prepare(): unknown } }
  execute(query: string): { getSQL(): unknown }
  insert(table: unknown): unknown
  update(table: unknown): unknown
  delete(table: unknown): unknown
  $count(source: unknown): unknown
  query?: Record<string, unknown>
}

export function findPrototypes(db: DrizzleLike): DrizzlePrototypes {
  const database = db as unknown as Database
  const raw = attempt(() => database.execute('select 1'))
  const building = [
    ...methods(db, ['execute', 'delete', '$count', 'refreshMaterializedView']),
    ...methods(
      attempt(() => database.select()),
      ['from'],
    ),
    ...methods(
      attempt(() => database.insert(undefined)),
      ['values', 'select'],
    ),
    ...methods(
      attempt(() => database.update(undefined)),
      ['set'],
    ),
    ...Object.values(database.query ?? {})
      .slice(0, 1)
      .flatMap((relational) => methods(relational, ['findMany', 'findFirst'])),
  ]
  const select = attempt(() => database.select().from(raw?.getSQL()))
  const built = [
    raw,
    select,
    attempt(() => database.delete(undefined)),
    attempt(() => database.$count(raw?.getSQL())),
  ]
  const prepared = attempt(() => select?._prepare())
  return {
    building,
    awaited: [...new Set(built.flatMap((builder) => prototypesWith(builder, 'then')))],
    executed: prototypesWith(prepared, 'execute').slice(0, 1),
  }
}

function methods(value: unknown, names: readonly string[]): BuildingMethod[] {
  return names.flatMap((name) => {
    const [prototype] = prototypesWith(value, name)
    return prototype ? [{ prototype, name }] : []
  })
}

/** A version of Drizzle may make one of the builders differently. Then only the queries of this builder have no line. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
