// An occurrence as it is kept: a loop of ten thousand queries is told by its first ones and their number.
import type { Finding, Occurrence } from '../types/finding.ts'

/** Number of queries that are kept, enough for people to look at. The trace has all of them. */
const LISTED_QUERIES = 100
/** All queries of nearly every loop, which may send several statements in each turn. */
export const LISTED_OF_WORST = 1000

export function keptOccurrence(occurrence: Occurrence, most = LISTED_QUERIES): Occurrence {
  const { queries } = occurrence
  if (queries.length <= most) return occurrence
  return { ...occurrence, queries: queries.slice(0, most), queryCount: countQueries(occurrence) }
}

/** All that show the finding, also when not all are listed. */
export function countQueries({ queries, queryCount = queries.length }: Occurrence): number {
  return queryCount
}

/** Queries of the worst occurrence. */
export function queriesOfWorst({ occurrences }: Pick<Finding, 'occurrences'>): number {
  return occurrences.reduce((most, occurrence) => Math.max(most, countQueries(occurrence)), 0)
}
