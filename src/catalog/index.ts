// The facts about the database behind the queries.

export { parseCatalog, serializeCatalog } from './catalog-file.ts'
export { catalogSource, createCatalogSource } from './catalog-source.ts'
export { type Queryable, readCatalog } from './read-catalog.ts'
