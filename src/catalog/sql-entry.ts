// What `pg-loupe/sql` gives: everything about statements, and the catalog they are judged by. It stands here because
// statements may not know where a catalog comes from.

export * from '../sql/index.ts'
export { parseCatalog, type Queryable, readCatalog, serializeCatalog } from './index.ts'
