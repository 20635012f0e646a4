// A duplicate is fixed when its statement was sent, each time with other values, or when another statement used its tables,
// in a request that otherwise did the same work.

import { queriesOfWorst } from '../../detectors/occurrence.ts'
import { readSlots } from '../../detectors/slots.ts'
import { fingerprint } from '../../sql/index.ts'
import type { Finding } from '../../types/finding.ts'
import type { Query } from '../../types/query.ts'
import { whyOtherWork } from './same-work.ts'
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

export function judgeDuplicate(
  finding: Finding,
  before: SeenRequest | undefined,
  { trace }: ConclusiveRequest,
): Judgement {
  const queries = answeredQueries(trace)
  const sent = queries.filter(isOneOf(fingerprintsOf(finding)))
  const equal = equalValues(sent)
  if (equal > 1) {
    return inconclusive(
      `The query was sent ${equal} times with the same values again, but it was not reported.`,
    )
  }
  const tables = tablesOfText(finding.evidence[0]?.text ?? '')
  if (sent.length === 0 && !queries.some(usesOneOf(tables))) {
    return inconclusive(
      `No query used ${list(tables)}: the data may come from a cache, or the request took another path.`,
    )
  }
  if (!before?.trace && !isOfSeveralPlaces(finding)) {
    return inconclusive(
      'The request that showed it is not kept any more, so it is unknown whether this one did the same.',
    )
  }
  const difference = before?.trace && whyOtherWork(before.trace, trace)
  if (difference !== undefined)
    return inconclusive(`It may have been sent once for another reason: ${difference}.`)
  const was = queriesOfWorst(finding)
  if (sent.length === 0)
    return fixed(
      `The query was not sent any more, where it was sent ${was} times; its tables were used by others.`,
    )
  const now = sent.length === 1 ? 'once' : `${sent.length} times, each with other values`
  return fixed(`The query was sent ${now}, where it was sent ${was} times with the same values.`)
}

/** Several places that each send the query once do so for any data; one place that sends it often may be a loop. */
function isOfSeveralPlaces({ evidence }: Finding): boolean {
  return evidence.some(({ label }) => label === 'from')
}

/** The number of queries with the most frequent values. */
function equalValues(queries: readonly Query[]): number {
  const slots = readSlots(fingerprint(queries[0]?.sql ?? '').text, queries)
  const counts = new Map<string, number>()
  queries.forEach((_, sending) => {
    const values = slots.map(({ names }) => names[sending]).join(' ')
    counts.set(values, (counts.get(values) ?? 0) + 1)
  })
  return Math.max(0, ...counts.values())
}
