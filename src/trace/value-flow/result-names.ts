// Which queries of a trace returned the same rows: asked only of those that sent the same values, because nothing else
// can be a duplicate. A result of which not every row was kept stays without a name: its start may be equal, its end not.
import { createHash } from 'node:crypto'
import { fingerprint } from '../../sql/index.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { canonicalValue } from './canonical-value.ts'

/** The name of each result, equal for equal ones, by the position of its query. */
export function nameResults(queries: readonly RecordedQuery[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  const ordinals = new Map<string, string>()
  for (const indexes of findSameSendings(queries)) {
    for (const index of indexes) {
      const digest = digestOf(queries[index])
      if (digest === undefined) continue
      const name = ordinals.get(digest) ?? String(ordinals.size)
      ordinals.set(digest, name)
      names.set(index, name)
    }
  }
  return names
}

function findSameSendings(queries: readonly RecordedQuery[]): number[][] {
  const bySending = new Map<string, number[]>()
  queries.forEach(({ sql, valueHashes }, index) => {
    const sending = `${fingerprint(sql).key} ${JSON.stringify(valueHashes)}`
    const indexes = bySending.get(sending)
    if (indexes) indexes.push(index)
    else bySending.set(sending, [index])
  })
  return [...bySending.values()].filter((indexes) => indexes.length > 1)
}

function digestOf(query: RecordedQuery | undefined): string | undefined {
  if (!query || query.error !== undefined || query.rows === undefined) return undefined
  const { kept, rows } = query
  if ((kept?.rowCount ?? 0) !== rows) return undefined
  const hash = createHash('sha256')
  for (let row = 0; row < rows; row++) hash.update(`${JSON.stringify(kept?.row(row).map(canonicalValue))}\n`)
  return hash.digest('base64')
}
