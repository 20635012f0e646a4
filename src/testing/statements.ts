// The captured queries by statement: what was sent how often, and from where.
import { fingerprint } from '../sql/index.ts'
import type { CallSite, Query } from '../types/query.ts'

/** One statement of the captured queries, however often it was sent. */
export interface Statement {
  /** Of its fingerprint. */
  key: string
  text: string
  /** Where it was sent from, each place once, the one with the most queries first. */
  places: readonly CallSite[]
  queries: readonly Query[]
}

/** The statements of these queries, those sent most often first. */
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

/** The places of these queries, each once, the one with the most first. */
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
