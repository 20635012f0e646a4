// The classes of the copy of postgres.js that made a pool. They are not exported, so they are read from values that the pool's
// functions return. Nothing is sent: a query that nobody awaits stays where it is.
import type { PostgresLike, QueryClass } from './postgres-like.ts'

export interface CopyClasses {
  Query: QueryClass
  /** `sql(rows)`: a helper that becomes text and parameters. */
  Builder: Class
  /** `sql('name')` */
  Identifier: Class
  /** `sql.typed(value, type)`, `sql.json(value)`, `sql.array(values)` */
  Parameter: Class
}

type Class = abstract new (...args: never[]) => object

/** @throws when `sql` is not from postgres.js. */
export function classesOf(sql: PostgresLike): CopyClasses {
  const { unsafe, typed } = sql as unknown as Record<'unsafe' | 'typed', (...args: unknown[]) => object>
  const Query = classOf(unsafe('')) as unknown as QueryClass
  const { prototype } = Query as { prototype: { handle?: unknown; cursor?: unknown } }
  if (typeof prototype.handle !== 'function' || typeof prototype.cursor !== 'function')
    throw new TypeError('The queries of this function are not those of postgres.js')
  return {
    Query,
    Builder: classOf(sql([''])),
    Identifier: classOf(sql('name')),
    Parameter: classOf(typed('', 0)),
  }
}

function classOf(value: object): Class {
  return value.constructor as Class
}
