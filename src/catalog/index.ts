// The facts about the database behind the queries.

export { parseCatalog, serializeCatalog } from './catalog-file.ts'
export { catalogSource, createCatalogSource } from './catalog-source.ts'
export type { Database, QueryLimits } from './database.ts'
export { type Queryable, readCatalog } from './read-catalog.ts'
