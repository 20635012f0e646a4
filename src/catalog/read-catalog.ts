// Reads what is known about a database into plain data. It sends one statement and changes nothing.

import type { Catalog } from '../sql/bounds/catalog-shape.ts'
import { checkCatalog } from './catalog-file.ts'
import { CATALOG_QUERY } from './catalog-query.ts'

/** A pool or a client of pg, or any object that runs a statement and resolves with its rows. */
export interface Queryable {
  query(sql: string): Promise<{ rows: readonly unknown[] }>
}

/**
 * Reads the keys, columns, view definitions, sizes and functions of the database behind a connection, as its role sees them.
 * Rejects when the database does.
 */
export async function readCatalog(queryable: Queryable): Promise<Catalog> {
  const { rows } = await queryable.query(CATALOG_QUERY)
  const [row] = rows
  const value = Array.isArray(row) ? row[0] : (row as { catalog?: unknown } | undefined)?.catalog
  // A type parser that the application has registered may leave the JSON as text.
  return checkCatalog(typeof value === 'string' ? JSON.parse(value) : value)
}
