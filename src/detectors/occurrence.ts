// An occurrence as it is kept: a loop of ten thousand queries is told by its first ones and their number.
import type { Finding, Occurrence } from '../types.ts'

/** Enough to hold all queries of nearly every loop, which sends several statements in each turn. */
const LISTED_QUERIES = 1000

export function keptOccurrence(occurrence: Occurrence): Occurrence {
  const { queries } = occurrence
  if (queries.length <= LISTED_QUERIES) return occurrence
  return { ...occurrence, queries: queries.slice(0, LISTED_QUERIES), queryCount: queries.length }
}

/** All that show the finding, also when not all are listed. */
export function countQueries({ queries, queryCount = queries.length }: Occurrence): number {
  return queryCount
}

/** Queries of the worst occurrence. */
export function queriesOfWorst({ occurrences }: Pick<Finding, 'occurrences'>): number {
  return occurrences.reduce((most, occurrence) => Math.max(most, countQueries(occurrence)), 0)
}
