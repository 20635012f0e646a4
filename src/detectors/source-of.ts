// The source around the calls that sent some queries. It is noted at the first query of each call.
import type { Query, QuerySource } from '../types/query.ts'

export function sourceOf(queries: readonly Query[]): QuerySource | undefined {
  return queries.find(({ source }) => source !== undefined)?.source
}
