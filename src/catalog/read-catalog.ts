// Reads what is known of a database into plain data. It asks one question and changes nothing; whose connection it asks on
// is the caller's choice, see `catalog-of-pool.ts` for one of its own.

import type { Catalog } from '../sql/bounds/catalog-shape.ts'
import { checkCatalog } from './catalog-file.ts'
import { CATALOG_QUERY } from './catalog-query.ts'

/** A pg.Pool, a pg.Client, or whatever else runs a statement and gives its rows. */
export interface Queryable {
  query(sql: string): Promise<{ rows: readonly unknown[] }>
}

/**
 * Reads keys, columns, view definitions, sizes and functions of the database behind a connection, as its role sees them.
 * Rejects when the database does.
 */
export async function readCatalog(queryable: Queryable): Promise<Catalog> {
  const { rows } = await queryable.query(CATALOG_QUERY)
  const [row] = rows
  const value = Array.isArray(row) ? row[0] : (row as { catalog?: unknown } | undefined)?.catalog
  // A type parser of the application's own may have left the JSON as text.
  return checkCatalog(typeof value === 'string' ? JSON.parse(value) : value)
}
