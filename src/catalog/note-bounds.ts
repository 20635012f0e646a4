// Notes on each SELECT of a trace how many rows it can return at the most, as far as keys, limits and the values at hand
// prove it. The bound depends on values only where a LIMIT or a list is a parameter, so nearly always it is looked up.

import type { Catalog, CatalogRelation } from '../sql/bounds/catalog-shape.ts'
import { quoteName } from '../sql/fingerprint/quote-name.ts'
import { createTextCache, type TextCache, type TextCacheLimits } from '../sql/fingerprint/text-cache.ts'
import { type AnalyzedStatement, analyzeStatement, bound, fingerprint } from '../sql/index.ts'
import type { Query, ResultBound } from '../types/query.ts'

type Sent = Query & { bound?: ResultBound }

interface ProvenBound {
  bound: ResultBound
  dependsOnValues: boolean
  isWholeTable: boolean
}

/** Facts about the table that accompany the proof. */
type Known = Pick<ResultBound, 'table' | 'tableRows' | 'key' | 'findsOneRow'>

/** Applications send a few hundred different statements. */
const KEPT_VERDICTS: TextCacheLimits = {
  entries: 4_096,
  bytes: 8 * 1024 * 1024,
  bytesPerCharacter: 2,
  bytesPerEntry: 400,
}

const provenBounds = new WeakMap<Catalog, TextCache<ProvenBound>>()

/** `isLive`: the catalog is of the very database that was asked, and of the same time. */
export function noteBounds(
  queries: readonly Sent[],
  catalog: Catalog | undefined,
  { isLive = false } = {},
): void {
  if (!catalog) return
  for (const query of queries) {
    if (query.bound || query.sqlLength !== undefined || fingerprint(query.sql).kind !== 'select') continue
    const { bound: known, dependsOnValues, isWholeTable } = provenBoundOf(query.sql, catalog)
    if (dependsOnValues && query.params)
      query.bound = { ...sizeOf(query.sql, catalog, query.params), ...knownOf(known) }
    else if (isLive && isWholeTable && query.rows !== undefined && !query.inPortions)
      query.bound = { ...known, tableRows: query.rows }
    else query.bound = known
  }
}

function provenBoundOf(sql: string, catalog: Catalog): ProvenBound {
  let known = provenBounds.get(catalog)
  if (!known) {
    known = createTextCache(KEPT_VERDICTS)
    provenBounds.set(catalog, known)
  }
  const remembered = known.get(sql)
  if (remembered) return remembered
  const proven = judge(sql, catalog)
  known.set(sql, proven)
  return proven
}

function judge(sql: string, catalog: Catalog): ProvenBound {
  const size = sizeOf(sql, catalog)
  const isOpen = size.rows === undefined || size.nested === undefined
  const { isWholeTable, ...known } = describeTable(sql, catalog)
  const oneRow = findsOneRow(sql, catalog) ? ({ findsOneRow: true } as const) : {}
  const proven = { bound: { ...size, ...known, ...oneRow }, dependsOnValues: false, isWholeTable }
  if (!isOpen || !sql.includes('$')) return proven
  const kindest = KINDEST_VALUES.map((values) => sizeOf(sql, catalog, values))
  return { ...proven, dependsOnValues: kindest.some((one) => differs(one, size)) }
}

/** Whether its LIMIT, if it has one, leaves out no row, whatever the tables hold. */
function findsOneRow(sql: string, catalog: Catalog): boolean {
  return /\blimit\b/i.test(sql) && bound(sql, { catalog, withoutLimit: true }).rows <= 1
}

/** Limits of the protocol: https://www.postgresql.org/docs/current/limits.html */
const MOST_PARAMETERS = 65_535
/** A LIMIT of one, and lists of one. */
const KINDEST_VALUES = [1, [1]].map((value): unknown[] => Array(MOST_PARAMETERS).fill(value))

function differs(a: ResultBound, b: ResultBound): boolean {
  return a.rows !== b.rows || a.nested !== b.nested
}

function sizeOf(sql: string, catalog: Catalog, params?: readonly unknown[]): ResultBound {
  const { rows, nested, reason } = bound(sql, { catalog, params })
  return {
    ...(Number.isFinite(rows) ? { rows } : {}),
    ...(Number.isFinite(nested) ? { nested } : {}),
    reason,
  }
}

function describeTable(sql: string, catalog: Catalog): Known & { isWholeTable: boolean } {
  const analysis = analyzeStatement(sql)
  const relation = analysis.analyzed ? largestTable(analysis, catalog) : undefined
  if (!analysis.analyzed || !relation) return { isWholeTable: false }
  const { name, estimatedRows } = relation
  const key = uniqueOrder(sql, analysis, relation)
  return {
    table: name,
    ...(estimatedRows === undefined ? {} : { tableRows: estimatedRows }),
    ...(key === undefined ? {} : { key }),
    isWholeTable: isWholeTable(sql, analysis),
  }
}

function knownOf({ table, tableRows, key, findsOneRow }: ResultBound): Known {
  return {
    ...(table === undefined ? {} : { table }),
    ...(tableRows === undefined ? {} : { tableRows }),
    ...(key === undefined ? {} : { key }),
    ...(findsOneRow ? { findsOneRow } : {}),
  }
}

function largestTable(analysis: AnalyzedStatement, catalog: Catalog): CatalogRelation | undefined {
  const names = new Set(analysis.tables.filter(({ kind }) => kind === 'table').map(({ name }) => name))
  const [largest] = catalog.relations
    .filter(({ name }) => names.has(name))
    .sort((a, b) => (b.estimatedRows ?? 0) - (a.estimatedRows ?? 0))
  return largest
}

/** Whether each row of the result is a row of one table. */
function isOfOneTable({ statements, queries, tables, calls }: AnalyzedStatement): boolean {
  const [level] = queries
  if (statements !== 1 || queries.length !== 1 || tables.length !== 1 || !level) return false
  if (level.grouped || level.distinct || level.setOperation) return false
  return tables[0]?.kind === 'table' && !calls.some(({ kind }) => kind === 'aggregate' || kind === 'set')
}

/** All rows of its table: there are as many as the result has. */
function isWholeTable(sql: string, analysis: AnalyzedStatement): boolean {
  const [level] = analysis.queries
  if (!isOfOneTable(analysis) || level?.limit || level?.offset) return false
  return !/\b(where|tablesample|having)\b/i.test(sql)
}

/** The columns of a unique key, qualified: an output may have the name of one and be something else. */
function uniqueOrder(
  sql: string,
  analysis: AnalyzedStatement,
  { uniqueKeys, columns, hasChildren }: CatalogRelation,
): readonly string[] | undefined {
  const alias = analysis.tables[0]?.alias ?? ''
  // In the fingerprint, an alias that is generated for each statement has another name.
  if (hasChildren || !isOfOneTable(analysis) || !fingerprint(sql).text.includes(alias)) return undefined
  const isNotNull = (name: string) => columns.some((column) => column.name === name && column.notNull)
  for (const { parts, valid, predicate } of uniqueKeys) {
    const names = parts.flatMap((part) => ('column' in part ? part.column : []))
    if (valid && predicate === undefined && names.length === parts.length && names.every(isNotNull))
      return names.map((name) => `${quoteName(alias)}.${quoteName(name)}`)
  }
  return undefined
}
