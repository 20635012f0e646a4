// A result that grows with its table is fixed when another statement reads the table and the catalog proves its limit.
// A small or empty result of the same statement proves nothing.
import { fingerprint } from '../../sql/index.ts'
import { plural } from '../../text/plural.ts'
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
  mostOf,
  type SeenRequest,
  tablesOfText,
  usesOneOf,
} from './seen-request.ts'

export function judgeUnboundedSelect(
  finding: Finding,
  before: SeenRequest | undefined,
  later: ConclusiveRequest,
): Judgement {
  return judgeSize(finding, before, later, 'rows', (query) =>
    query.inPortions ? 'in portions' : limitInWords(query.bound?.rows ?? query.limit, 'row'),
  )
}

export function judgeUnboundedArray(
  finding: Finding,
  before: SeenRequest | undefined,
  later: ConclusiveRequest,
): Judgement {
  return judgeSize(finding, before, later, 'array elements', ({ bound }) =>
    bound?.nested === 0 ? 'without an array' : limitInWords(bound?.nested, 'array element'),
  )
}

function limitInWords(most: number | undefined, what: string): string | undefined {
  return most === undefined ? undefined : `with at most ${plural(most, what)}`
}

/** `limitOf` words the limit of a query, which is undefined where there is none. */
function judgeSize(
  finding: Finding,
  before: SeenRequest | undefined,
  { trace }: ConclusiveRequest,
  what: string,
  limitOf: (query: Query) => string | undefined,
): Judgement {
  const queries = answeredQueries(trace)
  const tables = tablesOfText(finding.evidence[0]?.text ?? '')
  const same = queries.filter(isOneOf(fingerprintsOf(finding)))
  const limits = same.flatMap((query) => limitOf(query) ?? [])
  if (same.length > 0 && limits.length === same.length)
    return fixed(`The same statement now reads ${list(tables)} ${limits[0]}.`)
  if (same.length > 0) {
    return inconclusive(
      `The same statement returned ${plural(mostOf(same), 'row')} this time, and nothing limits its ${what}.`,
    )
  }
  const isKnown = isOneOf(new Set(before?.trace?.queries.map(({ sql }) => fingerprint(sql).key)))
  const instead = queries.filter((query) => !isKnown(query) && usesOneOf(tables)(query))
  if (instead.length === 0) {
    return inconclusive(
      `No other query used ${list(tables)}: the data may come from a cache, or the request took another path.`,
    )
  }
  const unlimited = instead.find((query) => limitOf(query) === undefined)
  if (unlimited) {
    return inconclusive(
      unlimited.bound
        ? `Another statement reads ${list(tables)}, and nothing limits its ${what}; it returned ${plural(unlimited.rows ?? 0, 'row')}.`
        : `Another statement reads ${list(tables)}, but without the catalog its limit is unknown.`,
    )
  }
  return fixed(`Another statement now reads ${list(tables)} ${limitOf(instead[0] as Query)}.`)
}
