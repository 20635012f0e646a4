// Adds facts from a catalog to queries that were recorded elsewhere: the tables of their columns, and how many rows they can
// return. Facts that the recording contains, because it was made with a catalog, are left unchanged.
import type { Catalog } from '../sql/bounds/catalog-shape.ts'
import { statementValues } from '../sql/index.ts'
import type { Query } from '../types/query.ts'
import { noteBounds } from './note-bounds.ts'
import { noteEffects } from './note-effects.ts'
import { type TableOfColumn, tableNames } from './note-tables.ts'

export function recordingNotes(catalog: Catalog): (queries: readonly Query[]) => void {
  const tableOf = tableNames(catalog)
  return (queries) => {
    const sent = queries.map((query) => ({ ...query, params: query.params ?? standIns(query) }) as Query)
    noteBounds(sent, catalog)
    noteEffects(queries, catalog)
    for (const [index, query] of queries.entries()) {
      const bound = sent[index]?.bound
      if (bound) Object.assign(query, { bound: withLimit(bound, query) })
      nameTables(query, tableOf)
    }
    for (const query of queries) nameOrigins(query, queries)
  }
}

/**
 * For parameters that are not in the file their hashes: as good as the values to tell how many there are in an array. Where
 * there are none either, nothing.
 */
function standIns({ sql, valueHashes }: Query): readonly unknown[] | undefined {
  if (!valueHashes || !sql.includes('$')) return undefined
  const numbers = [...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number))
  const count = Math.min(Math.max(0, ...numbers), MOST_PARAMETERS)
  const marks = Array.from({ length: count }, (_, index) => new Mark(index))
  const params: unknown[] = marks.map(() => undefined)
  const fill = (mark: unknown, hash: string | readonly string[] | undefined) => {
    if (!(mark instanceof Mark) || hash === undefined) return
    params[mark.index] = typeof hash === 'string' ? standIn(hash) : hash.map(standIn)
  }
  statementValues(sql, marks).forEach((value, slot) => {
    const hashes = valueHashes[slot]
    if (Array.isArray(value)) for (const [at, item] of value.entries()) fill(item, hashes?.[at])
    else fill(value, hashes)
  })
  return params
}

/** No hash may be taken for a number. */
function standIn(hash: string): string {
  return `hash ${hash}`
}

/** Stands where a parameter is, to be found again among the values. */
class Mark {
  readonly index: number
  constructor(index: number) {
    this.index = index
  }
}

/** Statements with more are no lists that somebody wrote. */
const MOST_PARAMETERS = 10_000

/** The LIMIT in force may have been a parameter that is not in the file. */
function withLimit(bound: NonNullable<Query['bound']>, { limit }: Query): NonNullable<Query['bound']> {
  return limit === undefined || (bound.rows ?? Number.POSITIVE_INFINITY) <= limit
    ? bound
    : { ...bound, rows: limit }
}

function nameTables(query: Query, tableOf: TableOfColumn): void {
  if (!query.columns) return
  const columns = query.columns.map((column) => {
    const { tableId, columnId, name } = column
    const table = column.table ?? (tableId && columnId ? tableOf(tableId, columnId, name) : undefined)
    return table ? { ...column, table } : column
  })
  Object.assign(query, { columns })
}

function nameOrigins(query: Query, queries: readonly Query[]): void {
  if (!query.flow) return
  const flow = query.flow.map((from) => {
    const found = queries[from.query]?.columns?.find(({ name }) => name === from.column)?.table
    const table = from.table ?? found
    return table ? { ...from, table } : from
  })
  Object.assign(query, { flow })
}
