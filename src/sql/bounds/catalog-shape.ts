// What is known of a database: plain data, read once by `readCatalog`, kept in memory or in a file, and handed to whoever
// needs keys and sizes. Nothing in it is of the tables' contents but their estimated sizes.

export interface Catalog {
  v: 1
  /** Name of the database and version of its server, such as 150018. */
  database: string
  serverVersion: number
  /** Schemas in the order in which names are looked up, those of PostgreSQL itself left out. */
  searchPath: readonly string[]
  /** Names of temporary tables of any session: to it, that name means the temporary table, of which nothing is known. */
  temporary: readonly string[]
  relations: readonly CatalogRelation[]
  /** Functions outside pg_catalog, and those of pg_catalog that return sets, aggregate or are volatile. */
  functions: readonly CatalogFunction[]
}

export interface CatalogRelation {
  /** `pg_class.oid` */
  id: number
  schema: string
  name: string
  kind: 'table' | 'partitioned' | 'view' | 'materialized-view' | 'foreign'
  columns: readonly CatalogColumn[]
  /** Unique indexes, usable or not; see the fields of each. */
  uniqueKeys: readonly CatalogKey[]
  /** Absent in catalogs that were written before they were read. */
  foreignKeys?: readonly CatalogForeignKey[]
  /** Relations that it is made of or a part of (`pg_class.oid`): those of a view, parents and partitions of a table. */
  readsFrom?: readonly number[]
  /** Tables that foreign keys change when it is written (`pg_class.oid`). */
  cascadesTo?: readonly number[]
  /** Triggers or rules run when it is written. */
  runsCode?: boolean
  /** Other tables inherit from it, so no key of it is a key of what `FROM` reads. Not said of partitioned tables. */
  hasChildren: boolean
  /** `pg_class.reltuples`, or what the table's pages hold when it was never analysed; absent where neither is known. */
  estimatedRows?: number
  /** The query of a view. */
  definition?: string
}

export interface CatalogColumn {
  name: string
  /** `pg_attribute.attnum` */
  number: number
  /** Name of the type behind any domain, such as `int4`, `text`, `_int4` for an array of integers. */
  type: string
  notNull: boolean
  /** For an enum, how many labels it has. */
  labels?: number
  /** Equality of its collation means equality of the bytes. Absent where the type has no collation. */
  deterministic?: boolean
}

export interface CatalogKey {
  name: string
  primary: boolean
  /** Columns and expressions, in order. */
  parts: readonly CatalogKeyPart[]
  /** `NULLS NOT DISTINCT` */
  nullsNotDistinct: boolean
  /** Valid and ready; a failed CREATE INDEX CONCURRENTLY leaves one that is not. */
  valid: boolean
  /** Checked at once; a deferrable constraint is not. */
  immediate: boolean
  /** Condition of a partial index. */
  predicate?: string
}

/** Columns by their `pg_attribute.attnum`, in the same order on both sides. */
export interface CatalogForeignKey {
  columns: readonly number[]
  /** `pg_class.oid` of the other table. */
  references: number
  referencedColumns: readonly number[]
}

export type CatalogKeyPart = { column: string } | { expression: string }

export interface CatalogFunction {
  schema: string
  name: string
  /** Any function of the name, as names are all a statement tells. */
  returnsSet: boolean
  aggregate: boolean
  volatile: boolean
}
