// The known facts about a database: plain data that `readCatalog` reads once. It is kept in memory or in a file, and passed
// to the code that needs keys and sizes. Apart from estimated sizes, it contains nothing of the tables' contents.

export interface Catalog {
  v: 1
  /** Name of the database. `serverVersion` is the version of its server, such as 150018. */
  database: string
  serverVersion: number
  /** Schemas in the order in which PostgreSQL looks names up, without PostgreSQL's own schemas. */
  searchPath: readonly string[]
  /**
   * Names of temporary tables of any session. In that session the name means the temporary table, of which nothing else is
   * known.
   */
  temporary: readonly string[]
  relations: readonly CatalogRelation[]
  /** Functions outside pg_catalog, and those functions of pg_catalog that return sets, aggregate or are volatile. */
  functions: readonly CatalogFunction[]
}

export interface CatalogRelation {
  /** `pg_class.oid` */
  id: number
  schema: string
  name: string
  kind: 'table' | 'partitioned' | 'view' | 'materialized-view' | 'foreign'
  columns: readonly CatalogColumn[]
  /** Unique indexes, including those that cannot be used: see the fields of each key. */
  uniqueKeys: readonly CatalogKey[]
  /** Absent in a catalog file of a version that did not read foreign keys. */
  foreignKeys?: readonly CatalogForeignKey[]
  /** Ids (`pg_class.oid`) of the relations that a view reads, or of the parents and partitions of a table. */
  readsFrom?: readonly number[]
  /** Ids (`pg_class.oid`) of the tables that foreign keys change when this table is written. */
  cascadesTo?: readonly number[]
  /** True when writing to the relation runs triggers or rules. */
  runsCode?: boolean
  /**
   * True when other tables inherit from this one: its keys are then not unique in the rows that `FROM` reads. Always false
   * for partitioned tables.
   */
  hasChildren: boolean
  /**
   * `pg_class.reltuples`, or an estimate from the number of pages when the table was never analysed. Absent when neither is
   * known.
   */
  estimatedRows?: number
  /** The query of a view. */
  definition?: string
}

export interface CatalogColumn {
  name: string
  /** `pg_attribute.attnum` */
  number: number
  /** Name of the type, below any domain: `int4`, `text`, or `_int4` for an array of integers. */
  type: string
  notNull: boolean
  /** Number of labels of an enum. */
  labels?: number
  /** True when equality in the column's collation means equality of the bytes. Absent when the type has no collation. */
  deterministic?: boolean
}

export interface CatalogKey {
  name: string
  primary: boolean
  /** Columns and expressions, in the order of the index. */
  parts: readonly CatalogKeyPart[]
  /** `NULLS NOT DISTINCT` */
  nullsNotDistinct: boolean
  /** True when the index is valid and ready. A failed CREATE INDEX CONCURRENTLY leaves an invalid one. */
  valid: boolean
  /** True when the constraint is checked at once, which a deferrable constraint is not. */
  immediate: boolean
  /** Condition of a partial index. */
  predicate?: string
}

/** The columns by their `pg_attribute.attnum`, in the same order on both sides. */
export interface CatalogForeignKey {
  columns: readonly number[]
  /** `pg_class.oid` of the referenced table. */
  references: number
  referencedColumns: readonly number[]
}

export type CatalogKeyPart = { column: string } | { expression: string }

export interface CatalogFunction {
  schema: string
  name: string
  /**
   * True when any function with this name returns a set, because a statement names functions without their argument types.
   */
  returnsSet: boolean
  aggregate: boolean
  volatile: boolean
}
