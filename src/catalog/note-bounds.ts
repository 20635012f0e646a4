// Notes on each SELECT of a trace how many rows it can return at the most, as far as keys, limits and the values at hand
// prove it. The verdict depends on values only where a LIMIT or a list is a parameter, so nearly always it is looked up.

import type { Catalog } from '../sql/catalog-shape.ts'
import { analyzeStatement, bound, fingerprint } from '../sql/index.ts'
import { createTextCache, type TextCache, type TextCacheLimits } from '../sql/text-cache.ts'
import type { Query, ResultBound } from '../types.ts'

type Sent = Query & { bound?: ResultBound }

interface Verdict {
  bound: ResultBound
  dependsOnValues: boolean
}

/** Applications send some hundred different statements. */
const KEPT_VERDICTS: TextCacheLimits = {
  entries: 4_096,
  bytes: 8 * 1024 * 1024,
  bytesPerCharacter: 2,
  bytesPerEntry: 400,
}

const verdicts = new WeakMap<Catalog, TextCache<Verdict>>()

export function noteBounds(queries: readonly Sent[], catalog: Catalog | undefined): void {
  if (!catalog) return
  for (const query of queries) {
    if (query.bound || query.sqlLength !== undefined || fingerprint(query.sql).kind !== 'select') continue
    const { bound: known, dependsOnValues } = verdictOn(query.sql, catalog)
    query.bound =
      dependsOnValues && query.params
        ? { ...sizeOf(query.sql, catalog, query.params), ...tableOf(known) }
        : known
  }
}

function verdictOn(sql: string, catalog: Catalog): Verdict {
  let known = verdicts.get(catalog)
  if (!known) {
    known = createTextCache(KEPT_VERDICTS)
    verdicts.set(catalog, known)
  }
  const remembered = known.get(sql)
  if (remembered) return remembered
  const verdict = judge(sql, catalog)
  known.set(sql, verdict)
  return verdict
}

function judge(sql: string, catalog: Catalog): Verdict {
  const size = sizeOf(sql, catalog)
  const verdict = { ...size, ...largestTable(sql, catalog) }
  const isOpen = size.rows === undefined || size.nested === undefined
  if (!isOpen || !sql.includes('$')) return { bound: verdict, dependsOnValues: false }
  const kindest = KINDEST_VALUES.map((values) => sizeOf(sql, catalog, values))
  return { bound: verdict, dependsOnValues: kindest.some((one) => differs(one, size)) }
}

/** Of the protocol: https://www.postgresql.org/docs/current/limits.html */
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

function tableOf({ table, tableRows }: ResultBound): Pick<ResultBound, 'table' | 'tableRows'> {
  return { ...(table === undefined ? {} : { table }), ...(tableRows === undefined ? {} : { tableRows }) }
}

function largestTable(sql: string, catalog: Catalog): Pick<ResultBound, 'table' | 'tableRows'> {
  const analysis = analyzeStatement(sql)
  if (!analysis.analyzed) return {}
  const names = new Set(analysis.tables.filter(({ kind }) => kind === 'table').map(({ name }) => name))
  const [largest] = catalog.relations
    .filter(({ name }) => names.has(name))
    .sort((a, b) => (b.estimatedRows ?? 0) - (a.estimatedRows ?? 0))
  if (!largest) return {}
  const { name, estimatedRows } = largest
  return { table: name, ...(estimatedRows === undefined ? {} : { tableRows: estimatedRows }) }
}
