// A request as the judges of fixes see it, and what its queries say about the work that it did: which tables it used and
// how many rows came from them.
import { readSlots } from '../../detectors/slots.ts'
import { bareName, namedTables } from '../../sql/fingerprint/named-tables.ts'
import { fingerprint } from '../../sql/index.ts'
import type { Finding } from '../../types/finding.ts'
import type { Query } from '../../types/query.ts'
import type { Trace } from '../../types/trace.ts'
import type { FindingState, RequestRow } from '../panel-api.ts'

/** A request whose trace may not be kept any more. */
export interface SeenRequest {
  request: Pick<RequestRow, 'capture' | 'status' | 'aborted' | 'queries'>
  trace?: Trace
  findings: readonly Finding[]
}

/** A request that was captured in full and ended well. */
export interface ConclusiveRequest extends SeenRequest {
  trace: Trace
}

export interface Judgement {
  state: Exclude<FindingState, 'not_exercised'>
  /** One sentence. */
  reason: string
}

export function fixed(reason: string): Judgement {
  return { state: 'fixed', reason }
}

export function stillThere(reason: string): Judgement {
  return { state: 'still_there', reason }
}

export function inconclusive(reason: string): Judgement {
  return { state: 'inconclusive', reason }
}

/** Queries that failed returned nothing that could be judged. */
export function answeredQueries(trace: Trace): Query[] {
  return trace.queries.filter(({ error }) => error === undefined)
}

/** The fingerprints of the statements that a finding is about. Empty for a finding about a whole trace. */
export function fingerprintsOf({ statements, key }: Finding): ReadonlySet<string> {
  if (statements) return new Set(statements.map((statement) => statement.fingerprint))
  const last = key.split(' | ').findLast((part) => FINGERPRINT.test(part))
  return new Set(last === undefined ? [] : [last])
}

const FINGERPRINT = /^[0-9a-f]{16}$/

export function isOneOf(fingerprints: ReadonlySet<string>): (query: Query) => boolean {
  return ({ sql }) => fingerprints.has(fingerprint(sql).key)
}

/** The tables that a fingerprint's text names, without their schemas. */
export function tablesOfText(text: string): ReadonlySet<string> {
  const named = namedTables(text).map(({ name }) => name)
  return new Set(named.length > 0 ? named : [...text.matchAll(TABLE)].map(([, name = '']) => bareName(name)))
}

/** Also in a list with commas, of which this finds the first table, and in COPY. */
const TABLE = /\b(?:from|join|into|update|copy) ((?:"[^"]*"|[\w$.])+)/gi

/** Also the tables behind views, and those that foreign keys change. */
export function tablesOfQuery({ sql, effects, tables = [] }: Query): ReadonlySet<string> {
  return new Set([
    ...tablesOfText(fingerprint(sql).text),
    ...[...(effects?.reads ?? []), ...(effects?.writes ?? []), ...tables].map(bareName),
  ])
}

export function usesOneOf(tables: ReadonlySet<string>): (query: Query) => boolean {
  return (query) => [...tablesOfQuery(query)].some((table) => tables.has(table))
}

/** The rows that a query read or wrote, or the values that it asked for at once. */
export function amountOf(query: Query): number {
  const { rows = 0 } = query
  return Math.max(rows, ...readSlots(fingerprint(query.sql).text, [query]).flatMap(({ sizes }) => sizes))
}

export function mostOf(queries: readonly Query[]): number {
  return queries.reduce((most, query) => Math.max(most, query.rows ?? 0), 0)
}

export function list(names: Iterable<string>): string {
  const all = [...names]
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}
