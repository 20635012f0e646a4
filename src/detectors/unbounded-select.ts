// A SELECT whose result grows with its table: no LIMIT, and no unique key that it fixes. The proof is PostgreSQL's own
// parser and the keys of the catalog; without a catalog nothing is said. How loud it is follows the rows seen and
// the size of the table, never the statement alone.
import { fingerprint, readPlaceholders } from '../sql/index.ts'
import type { Detector, Finding, Query, Severity, Trace } from '../types.ts'
import { byStatement } from './by-statement.ts'
import { identify } from './identify.ts'
import { numberValues } from './number-values.ts'

const defaults = {
  /** Rows, seen or in the table, from which on it is a warning. */
  warn: 1000,
  /** Rows seen from which on it is an error. */
  error: 10_000,
  /** Rows in the table up to which nothing is said: a list of countries stays one. */
  small: 100,
}

export const unboundedSelect: Detector<typeof defaults> = {
  meta: {
    id: 'unbounded-select',
    title: 'A result that grows with its table',
    severity: 'warning',
    docsUrl: 'src/detectors/unbounded-select.md',
    defaults,
  },
  detect: (trace, options) =>
    byStatement(
      trace,
      (query) => isUnbounded(query, options.small),
      ({ rows = 0 }) => rows,
    ).map(({ worst, indexes }) => describe(trace, worst, indexes, options)),
}

function isUnbounded({ bound, rows = 0, error, sql }: Query, small: number): boolean {
  if (!bound || bound.rows !== undefined || error !== undefined) return false
  if (bound.table === undefined || isOfTheSystem(sql)) return false
  return rows > small || bound.tableRows === undefined || bound.tableRows > small
}

/** What a library reads of the catalog is not for the application to page. */
function isOfTheSystem(sql: string): boolean {
  return /\b(pg_catalog|information_schema|pg_\w+)\b/i.test(sql)
}

function describe(trace: Trace, query: Query, indexes: readonly number[], options: typeof defaults): Finding {
  const { sql, bound, rows = 0, callSite = [], via } = query
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
    remediation:
      via === 'drizzle'
        ? 'Page it: .orderBy(…).limit(n), and go on after the last key.'
        : 'Page it: ORDER BY a unique key, LIMIT n, and go on after the last key.',
    ...limited(text),
    cost: { queries: 0, roundTrips: 0 },
    evidence: [{ label: 'query', text }],
  }
}

/** What is filtered by a value (the orders of one customer) grows slowly: its own rows tell, not those of the table. */
function severityOf({ rows = 0, bound }: Query, text: string, { warn, error }: typeof defaults): Severity {
  const isFiltered = readPlaceholders(text).some(({ role }) => role === 'equals' || role === 'list')
  const size = Math.max(rows, isFiltered ? 0 : (bound?.tableRows ?? 0))
  if (rows >= error) return 'error'
  return size >= warn ? 'warning' : 'info'
}

function limited(text: string): Pick<Finding, 'fix'> {
  const numbered = /\bfor (update|share|no key|key)\b/i.test(text)
    ? undefined
    : numberValues(text, 1, () => undefined)
  return numbered ? { fix: `${numbered.sql} limit $${numbered.next}` } : {}
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
