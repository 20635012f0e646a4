// The other half of value flow, for assertions: a query sent once whose value was in the only row of an earlier result.
// With a second row it might have been sent twice, so that it was sent once proves nothing. It is no accusation: whether
// the result could have had more rows is for the reader to judge.
import { findRepetitions } from '../../grouping/repetitions.ts'
import { bareName } from '../../sql/fingerprint/named-tables.ts'
import { fingerprint, readPlaceholders, statementValues } from '../../sql/index.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { NULL } from './canonical-value.ts'
import { givenValues } from './given-values.ts'
import { textOf } from './result-columns.ts'

/** Positions of the queries in the trace, and of the value in each of them. */
export interface SingleValue {
  query: number
  /** Position of the value among the `?` of the fingerprint's text, starting at 0. */
  param: number
  parent: number
  column: string
  /** Integers that are rarely equal by chance, and uuids. */
  isTelling: boolean
}

/** To be asked before the values are dropped. */
export function findSingleValues(queries: readonly RecordedQuery[]): SingleValue[] {
  const repeated = new Set(findRepetitions(queries).flatMap(({ indexes }) => indexes))
  const holders = new Map<string, { parent: number; column: string }[]>()
  queries.forEach(({ rows, kept, fields, error }, parent) => {
    if (rows !== 1 || kept?.rowCount !== 1 || error !== undefined) return
    kept.row(0).forEach((cell, position) => {
      const text = textOf(cell)
      if (text === NULL) return
      const holder = { parent, column: fields?.[position]?.name ?? '' }
      const known = holders.get(text)
      if (!known) holders.set(text, [holder])
      else if (known.push(holder) > MOST_HOLDERS) known.shift()
    })
  })
  if (holders.size === 0) return []
  const givenBy = givenValues(queries, new Set(holders.keys()))

  return queries.flatMap((query, index) => {
    if (repeated.has(index)) return []
    return statementValues(query.sql, query.params).flatMap((value, param): SingleValue[] => {
      // A list is what a loop is mended with.
      if (value === undefined || value === null || Array.isArray(value)) return []
      const text = textOf(value)
      const isTelling = TELLING.test(text)
      const before = (holders.get(text) ?? []).filter(({ parent, column }) => {
        // The value by which a row was requested is no news in that row. Small numbers occur for many reasons.
        if (isTelling ? givenBy(text) < endOf(queries[parent]) : isAskedBy(queries[parent], column, text))
          return false
        return endOf(queries[parent]) <= index
      })
      return before.map(({ parent, column }) => ({ query: index, param, parent, column, isTelling }))
    })
  })
}

/**
 * Maximum number of rows with one value, the latest ones. A value in more rows than this does not show where it came from.
 */
const MOST_HOLDERS = 10
/** Four digits and more, or a uuid. */
const TELLING = /^\d{4,}$|^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The query itself compares the column with the value. */
function isAskedBy(query: RecordedQuery | undefined, column: string, text: string): boolean {
  if (!query) return false
  const placeholders = readPlaceholders(fingerprint(query.sql).text)
  return statementValues(query.sql, query.params).some((value, at) => {
    const compared = placeholders[at]?.column
    return compared !== undefined && bareName(compared) === column && textOf(value) === text
  })
}

/** How many queries had started when it ended; infinite while it is under way. */
function endOf(query: RecordedQuery | undefined): number {
  return query?.endedAfter ?? Number.POSITIVE_INFINITY
}
