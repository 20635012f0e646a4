// The other half of value flow, for assertions: a query sent once whose value was in the only row of an earlier result.
// With a second row it might have been sent twice, so that it was sent once proves nothing. It is no accusation: whether
// the result could have had more rows is for the reader to judge.
import { findRepetitions } from '../grouping/repetitions.ts'
import { statementValues } from '../sql/index.ts'
import { canonicalValue, cellText } from './canonical-value.ts'
import type { RecordedQuery } from './recorded-query.ts'
import { cellsOf } from './result-columns.ts'

/** Positions in the trace, and where the value stands in either. */
export interface SingleValue {
  query: number
  /** Position among the values of the query, as `?` count in the fingerprint's text. */
  param: number
  parent: number
  column: string
  /** Integers that are rarely equal by accident, and uuids. */
  isTelling: boolean
}

/** To be asked before the values are dropped. */
export function findSingleValues(queries: readonly RecordedQuery[]): SingleValue[] {
  const repeated = new Set(findRepetitions(queries).flatMap(({ indexes }) => indexes))
  const holders = new Map<string, { parent: number; column: string }[]>()
  queries.forEach(({ rows, keptRows, fields, error }, parent) => {
    const [row] = keptRows ?? []
    if (rows !== 1 || row === undefined || error !== undefined) return
    cellsOf(queries[parent] as RecordedQuery, row).forEach((cell, position) => {
      const text = cellText(cell)
      const holder = { parent, column: fields?.[position]?.name ?? '' }
      const known = holders.get(text)
      if (!known) holders.set(text, [holder])
      else if (known.push(holder) > MOST_HOLDERS) known.shift()
    })
  })
  if (holders.size === 0) return []

  return queries.flatMap((query, index) => {
    if (repeated.has(index)) return []
    return statementValues(query.sql, query.params).flatMap((value, param): SingleValue[] => {
      // A list is what a loop is mended with.
      if (value === undefined || value === null || Array.isArray(value)) return []
      const text = canonicalValue(value)
      const before = (holders.get(text) ?? []).filter(({ parent }) =>
        hasEnded(queries[parent], query.startMs),
      )
      const isTelling = TELLING.test(text)
      return before.map(({ parent, column }) => ({ query: index, param, parent, column, isTelling }))
    })
  })
}

/** Of one value, the latest: what is in more rows than this says nothing about where it came from. */
const MOST_HOLDERS = 10
/** Four digits and more, or a uuid. */
const TELLING = /^\d{4,}$|^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

function hasEnded(query: RecordedQuery | undefined, time: number): boolean {
  if (query?.durationMs === undefined) return false
  return query.startMs + (query.waitMs ?? 0) + query.durationMs <= time
}
