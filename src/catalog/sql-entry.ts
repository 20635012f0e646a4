// The exports of `pg-loupe/sql`: everything about statements, and the catalog that judges them. The file is in this folder
// because src/sql must not depend on the reading of catalogs.

export * from '../sql/index.ts'
export { parseCatalog, type Queryable, readCatalog, serializeCatalog } from './index.ts'
