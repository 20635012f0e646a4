// What is known of the database behind the queries.

export { parseCatalog, serializeCatalog } from './catalog-file.ts'
export { catalogOfPool, createCatalogSource } from './catalog-of-pool.ts'
export { type Queryable, readCatalog } from './read-catalog.ts'
