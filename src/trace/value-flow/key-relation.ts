// Whether a value asked for by one column may well come from another one, because a key leads from one to the other: a
// foreign key of the catalog, the same column of the same table, or, where no catalog is at hand, their names. It says
// nothing about values.
import type { Catalog } from '../../sql/bounds/catalog-shape.ts'
import type { NamedTable } from '../../sql/fingerprint/named-tables.ts'
import type { DriverField } from '../query-recording.ts'
import type { ColumnOfValue } from './column-of-value.ts'

/** `declared`: the database says so; `named`: the names say so, as in `orders.customer_id` and `customers.id`. */
export type KeyRelation = 'declared' | 'named' | undefined

export interface ComparedColumn {
  name: string
  /** As PostgreSQL tells it of a result's column. */
  field: DriverField | undefined
  /** The tables that the statement reads. */
  tables: readonly NamedTable[]
}

export interface AskedColumn extends ColumnOfValue {
  /** `table.column` by their numbers, where they are known. */
  identity?: string | undefined
}

export function keyRelation(asked: AskedColumn, column: ComparedColumn, keys: DeclaredKeys): KeyRelation {
  const identity = identityOf(column.field)
  if (asked.identity !== undefined && identity !== undefined) {
    if (asked.identity === identity || keys.areLinked(asked.identity, identity)) return 'declared'
  }
  return areNamedAlike(asked, column) ? 'named' : undefined
}

export function identityOf(field: DriverField | undefined): string | undefined {
  return field?.tableID && field.columnID ? `${field.tableID}.${field.columnID}` : undefined
}

export interface DeclaredKeys {
  /** A foreign key leads from one to the other, or from both to the same column. */
  areLinked(a: string, b: string): boolean
  /** The column's numbers by its name. */
  identity(column: ColumnOfValue): string | undefined
}

const NO_KEYS: DeclaredKeys = { areLinked: () => false, identity: () => undefined }
const keysOfCatalog = new WeakMap<Catalog, DeclaredKeys>()

export function declaredKeys(catalog: Catalog | undefined): DeclaredKeys {
  if (!catalog) return NO_KEYS
  const known = keysOfCatalog.get(catalog) ?? readKeys(catalog)
  keysOfCatalog.set(catalog, known)
  return known
}

function readKeys({ relations, searchPath }: Catalog): DeclaredKeys {
  const leadsTo = new Map<string, Set<string>>()
  for (const { id, foreignKeys = [] } of relations) {
    for (const { columns, references, referencedColumns } of foreignKeys) {
      columns.forEach((column, at) => {
        const from = `${id}.${column}`
        const targets = leadsTo.get(from) ?? new Set([from])
        leadsTo.set(from, targets.add(`${references}.${referencedColumns[at]}`))
      })
    }
  }
  const identities = new Map<string, string>()
  for (const schema of searchPath.toReversed()) {
    for (const relation of relations) {
      if (relation.schema !== schema) continue
      for (const { name, number } of relation.columns) {
        identities.set(`${relation.name}.${name}`, `${relation.id}.${number}`)
      }
    }
  }
  const targetsOf = (column: string) => leadsTo.get(column) ?? new Set([column])
  return {
    areLinked(a, b) {
      const others = targetsOf(b)
      return [...targetsOf(a)].some((target) => others.has(target))
    },
    identity: ({ table, column }) => (table === undefined ? undefined : identities.get(`${table}.${column}`)),
  }
}

function areNamedAlike(asked: AskedColumn, { name, tables }: ComparedColumn): boolean {
  const [to, from] = [plain(asked.column), plain(name)]
  const isOf = (table: string | undefined, stem: string) => table !== undefined && isNameOf(table, stem)
  if (to === from) {
    if (NAMED_ID.test(name)) return true
    return tables.length === 1 && asked.table !== undefined && tables[0]?.name === asked.table
  }
  if (from.endsWith(to)) return isOf(asked.table, from.slice(0, -to.length))
  if (!to.endsWith(from)) return false
  const stem = to.slice(0, -from.length)
  return tables.some(({ name: table }) => isOf(table, stem))
}

/** An id whose name contains that of its table: `customer_id`, `customerId`. */
const NAMED_ID = /(?:[^_]_id|[a-z]I[dD])$/

/** `customer_id`, `customerId` and `customer.id` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** `customer` is a name of a row of `customers`, `tbl_customer` and `"Customer"`. */
function isNameOf(table: string, stem: string): boolean {
  if (stem.length === 0) return false
  const plural = plain(table)
  const singulars = [plural, plural.replace(/ies$/, 'y'), plural.replace(/es$/, ''), plural.replace(/s$/, '')]
  return singulars.some(
    (singular) => singular === stem || (stem.length > SHORTEST_STEM && singular.endsWith(stem)),
  )
}

/** Shorter ones end many words. */
const SHORTEST_STEM = 3
