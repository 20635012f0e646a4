// Gives the columns of results the names of their tables, which PostgreSQL tells only by number. A column that the
// statement has renamed keeps its own name and gets no table: `orders.cid` would be a column that is nowhere.
import type { Catalog } from '../sql/bounds/catalog-shape.ts'

/** The name of the table that a result's column called `name` is from. */
export type TableOfColumn = (tableId: number, columnId: number, name: string) => string | undefined

const readers = new WeakMap<Catalog, TableOfColumn>()

export function noteTables(
  queries: readonly { tableOf?: TableOfColumn }[],
  catalog: Catalog | undefined,
): void {
  if (!catalog) return
  const tableOf = readers.get(catalog) ?? tableNames(catalog)
  readers.set(catalog, tableOf)
  for (const query of queries) query.tableOf = tableOf
}

export function tableNames({ relations, searchPath }: Catalog): TableOfColumn {
  const byId = new Map(relations.map((relation) => [relation.id, relation]))
  return (tableId, columnId, name) => {
    const relation = byId.get(tableId)
    const column = relation?.columns.find(({ number }) => number === columnId)
    if (!relation || column?.name !== name) return undefined
    return searchPath.includes(relation.schema) ? relation.name : `${relation.schema}.${relation.name}`
  }
}
