// Groups the captured queries by statement: how often each was sent, and from where.
import { fingerprint } from '../sql/index.ts'
import type { CallSite, Query } from '../types/query.ts'

/** One statement among the captured queries. */
export interface Statement {
  /** The key of its fingerprint. */
  key: string
  text: string
  /** The different places that sent the statement, beginning with the one that sent it most often. */
  places: readonly CallSite[]
  queries: readonly Query[]
}

/** The statements of these queries, beginning with the most frequent one. */
export function statementsOf(queries: readonly Query[]): Statement[] {
  const byKey = new Map<string, Query[]>()
  for (const query of queries) {
    const { key } = fingerprint(query.sql)
    const same = byKey.get(key)
    if (same) same.push(query)
    else byKey.set(key, [query])
  }
  const statements = [...byKey].map(([key, same]) => ({
    key,
    text: fingerprint(same[0]?.sql ?? '').text,
    places: placesOf(same),
    queries: same,
  }))
  return statements.sort((a, b) => b.queries.length - a.queries.length)
}

/** The different places of these queries, beginning with the most frequent one. */
export function placesOf(queries: readonly Query[]): CallSite[] {
  const byPlace = new Map<string, { callSite: CallSite; count: number }>()
  for (const { callSite = [] } of queries) {
    const [frame] = callSite
    if (!frame) continue
    const key = `${frame.file}:${frame.line}:${frame.column}`
    const known = byPlace.get(key)
    if (known) known.count++
    else byPlace.set(key, { callSite, count: 1 })
  }
  return [...byPlace.values()].sort((a, b) => b.count - a.count).map(({ callSite }) => callSite)
}
