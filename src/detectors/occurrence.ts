// An occurrence as it is kept: a loop of ten thousand queries is told by its first ones and their number.
import type { Occurrence } from '../types.ts'

/** Enough to look at; whoever wants all has the trace. */
const LISTED_QUERIES = 100

export function keptOccurrence(occurrence: Occurrence): Occurrence {
  const { queries } = occurrence
  if (queries.length <= LISTED_QUERIES) return occurrence
  return { ...occurrence, queries: queries.slice(0, LISTED_QUERIES), queryCount: queries.length }
}

/** All that show the finding, also when not all are listed. */
export function countQueries({ queries, queryCount = queries.length }: Occurrence): number {
  return queryCount
}
