// A catalog as text and back, for analysing recordings without a database. The same catalog gives the same bytes.

import type { Catalog } from '../sql/bounds/catalog-shape.ts'

export function serializeCatalog(catalog: Catalog): string {
  return `${JSON.stringify(catalog, null, 1)}\n`
}

/** Throws when the text is no catalog of a version this code reads, and says so. */
export function parseCatalog(text: string): Catalog {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error(
      'This is no catalog: it is not JSON. Write one with serializeCatalog(await readCatalog(pool)).',
    )
  }
  return checkCatalog(value)
}

export function checkCatalog(value: unknown): Catalog {
  const catalog = withoutNulls(value) as Partial<Catalog> | undefined
  const isCatalog =
    typeof catalog === 'object' &&
    Array.isArray(catalog.relations) &&
    Array.isArray(catalog.functions) &&
    Array.isArray(catalog.searchPath)
  if (!isCatalog) throw new Error('This is no catalog: relations, functions or searchPath are missing.')
  if (catalog.v !== 1)
    throw new Error(`This catalog has version ${String(catalog.v)}; version 1 is read here.`)
  return { ...catalog, temporary: catalog.temporary ?? [] } as Catalog
}

/** PostgreSQL's JSON says null where a field is absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => (field === null ? [] : [[name, withoutNulls(field)]])),
  )
}
