// A deep page is fixed when a page is found by the key of the row before it. An early page is read without skipping rows by
// any code, so it proves nothing.
import { fingerprint, readPlaceholders } from '../../sql/index.ts'
import type { Finding } from '../../types/finding.ts'
import type { Query } from '../../types/query.ts'
import {
  answeredQueries,
  type ConclusiveRequest,
  fingerprintsOf,
  fixed,
  inconclusive,
  isOneOf,
  type Judgement,
  list,
  type SeenRequest,
  tablesOfText,
  usesOneOf,
} from './seen-request.ts'

export function judgeOffset(
  finding: Finding,
  before: SeenRequest | undefined,
  { trace }: ConclusiveRequest,
): Judgement {
  const queries = answeredQueries(trace)
  const skipped = finding.cost.rows ?? 0
  const same = queries.filter(isOneOf(fingerprintsOf(finding)))
  const furthest = same.reduce((most, { offset = 0 }) => Math.max(most, offset), 0)
  if (same.length > 0) {
    return inconclusive(
      `This request asked for a page at OFFSET ${furthest}, the one before for OFFSET ${skipped}.`,
    )
  }
  const isKnown = isOneOf(new Set(before?.trace?.queries.map(({ sql }) => fingerprint(sql).key)))
  const tables = tablesOfText(finding.evidence[0]?.text ?? '')
  const instead = queries.filter((query) => !isKnown(query) && usesOneOf(tables)(query))
  const byKey = instead.find(
    (query) => query.offset === undefined && (query.rows ?? 0) > 0 && isAfterKey(query),
  )
  if (byKey) {
    return fixed(
      `A page of ${byKey.rows} rows was found by the key of the row before it, where ${skipped} rows were skipped.`,
    )
  }
  return inconclusive(
    instead.length > 0
      ? `The query on ${list(tables)} is another one now, but this request asked for its first page.`
      : `No query used ${list(tables)} in another way: the request took another path.`,
  )
}

function isAfterKey({ sql }: Query): boolean {
  return readPlaceholders(fingerprint(sql).text).some(({ role }) => role === 'range')
}
