// Finds a SELECT whose result grows with its table: it has no LIMIT, and fixes no unique key. The proof uses PostgreSQL's own
// parser and the keys of the catalog; without a catalog nothing is reported. The severity depends on the rows and bytes that
// were seen and on the size of the table, never on the statement alone. Results without rows, small tables, and rows that are
// fetched in portions are not reported.

import { advisePage } from '../advice/advice.ts'
import { fingerprint, readPlaceholders } from '../sql/index.ts'
import type { TraceDetector } from '../types/detector.ts'
import type { Finding, Severity } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { byStatement } from './by-statement.ts'
import { identify } from './identify.ts'
import { pageUrl } from './page-url.ts'

const defaults = {
  /** Rows, seen or in the table, from which on it is a warning. */
  warnRows: 1000,
  /** Rows seen from which on it is an error. */
  errorRows: 10_000,
  /** Rows in the table up to which nothing is said: a list of countries stays one. */
  maxSmallRows: 100,
  /** Bytes seen from which on it is a warning, however few the rows: they take 80 ms on a network of 100 Mbit/s. */
  warnBytes: 1_000_000,
}

export const unboundedSelect: TraceDetector<typeof defaults> = {
  meta: {
    id: 'unbounded-select',
    title: 'A result that grows with its table',
    severity: 'warning',
    url: pageUrl('unbounded-select'),
    defaults,
  },
  detect: (trace, options) =>
    byStatement(
      trace,
      (query) => isUnbounded(query, options),
      ({ rows = 0 }) => rows,
    ).map(({ worst, indexes }) => describe(trace, worst, indexes, options)),
}

function isUnbounded(
  { bound, rows = 0, bytes = 0, error, sql, inPortions }: Query,
  { maxSmallRows, warnBytes }: typeof defaults,
): boolean {
  if (!bound || bound.rows !== undefined || error !== undefined || inPortions) return false
  if (bound.table === undefined || isOfTheSystem(sql) || rows === 0) return false
  return Math.max(rows, bound.tableRows ?? 0) > maxSmallRows || bytes >= warnBytes
}

/** An application cannot page the catalog queries of a library. */
function isOfTheSystem(sql: string): boolean {
  return /\b(pg_catalog|information_schema|pg_\w+)\b/i.test(sql)
}

function describe(trace: Trace, query: Query, indexes: readonly number[], options: typeof defaults): Finding {
  const { sql, bound, rows = 0, callSite = [] } = query
  const { text, key } = fingerprint(sql)
  const table = bound?.table ?? 'its table'
  const size =
    bound?.tableRows === undefined ? '' : `; ${table} has about ${Math.round(bound.tableRows)} rows`
  return {
    ...identify(unboundedSelect.meta.id, { trace, queries: indexes, callSite, statement: key }),
    severity: severityOf(query, text, options),
    confidence: 'likely',
    title: `A result without a limit: ${rows} ${rows === 1 ? 'row' : 'rows'} today`,
    detail: `${capitalized(bound?.reason ?? 'nothing bounds it')}. ${rows} rows were returned${size}.`,
    ...advisePage(text, query),
    cost: { queries: 0, roundTrips: 0 },
    evidence: [{ label: 'query', text }],
  }
}

function severityOf(query: Query, text: string, options: typeof defaults): Severity {
  const { rows = 0, bytes = 0 } = query
  const { warnRows, errorRows, warnBytes } = options
  if (rows >= errorRows) return 'error'
  const size = Math.max(rows, sizeToCome(query, text, options))
  return size >= warnRows || bytes >= warnBytes ? 'warning' : 'info'
}

/**
 * Rows of the table, where the result is on its way to them. Groups, and what is filtered by a value (the orders of one
 * customer), grow slowly: their own rows tell. So they do where another condition has left few of them.
 */
function sizeToCome({ rows = 0, bound }: Query, text: string, { maxSmallRows }: typeof defaults): number {
  const isFiltered = readPlaceholders(text).some(({ role }) => role === 'equals' || role === 'list')
  if (isFiltered || GROUPED.test(text)) return 0
  return rows <= maxSmallRows && CONDITIONAL.test(text) ? 0 : (bound?.tableRows ?? 0)
}

const GROUPED = /\b(group by|having|distinct)\b/i
const CONDITIONAL = /\bwhere\b/i

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
