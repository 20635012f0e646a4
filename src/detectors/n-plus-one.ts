// A read repeated from one place with different values, where one query could have answered them all. Distinct values
// count, not repetitions. It is proven when the values came from the rows of an earlier query. It refuses to accuse
// pagination, batches in chunks, explicit calls, and loops whose values it has not seen.
import { adviseRead } from '../advice/advice.ts'
import { findRepetitions, type Repetition } from '../grouping/repetitions.ts'
import { fingerprint, valueTypes } from '../sql/index.ts'
import type { TraceDetector } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { identify } from './identify.ts'
import { loopOfOne } from './loop-statement.ts'
import {
  explainOrigin,
  findOrigin,
  guessParent,
  parentEvidence,
  parentStatement,
  statementEvidence,
} from './origin.ts'
import { pageUrl } from './page-url.ts'
import { isPolling } from './polling.ts'
import { growth } from './row-growth.ts'
import { countTuples, readSlots, type Slot } from './slots.ts'
import { sourceOf } from './source-of.ts'
import { tableVersions } from './table-versions.ts'
import { unknownLineEvidence } from './unknown-line.ts'
import { nextOfWalk } from './walk.ts'

const defaults = {
  /** Distinct values that are needed even when their origin is proven; how many prove it, the values themselves decide. */
  minProven: 2,
  /** Distinct values that are enough without that proof. */
  minLikely: 3,
}

export const nPlusOne: TraceDetector<typeof defaults> = {
  meta: {
    id: 'n-plus-one',
    title: 'A query for each row',
    severity: 'error',
    url: pageUrl('n-plus-one'),
    isLoop: true,
    defaults,
  },
  detect(trace, options) {
    let versions: ReturnType<typeof tableVersions> | undefined
    const isWrittenBetween = (indexes: readonly number[]) => {
      versions ??= tableVersions(trace.queries)
      return new Set(indexes.map(versions).map(({ written }) => written)).size > 1
    }
    return findRepetitions(trace.queries).flatMap(
      (repetition) => examine(trace, repetition, options, isWrittenBetween) ?? [],
    )
  },
}

function examine(
  trace: Trace,
  repetition: Repetition,
  options: typeof defaults,
  isWrittenBetween: (indexes: readonly number[]) => boolean,
): Finding | undefined {
  const { indexes, callSite, isLoop } = repetition
  const queries = indexes.flatMap((index) => trace.queries[index] ?? [])
  const [first] = queries
  if (!first) return undefined
  const { kind, text, key } = fingerprint(first.sql)
  if (kind !== 'select') return undefined
  const varying = readSlots(text, queries).filter(({ distinct }) => distinct > 1)
  if (varying.length === 0 || varying.some(({ isBatch }) => isBatch) || isPagination(varying, text))
    return undefined
  if (varying.every(({ role }) => role === 'range') && isPolling(queries)) return undefined

  const distinct = countTuples(varying)
  const origin = findOrigin(queries, varying)
  const proven = origin?.isCertain === true && distinct >= options.minProven
  if (!proven && (distinct < options.minLikely || !isLoop)) return undefined

  const count = queries.length
  const parent = origin ? origin.parents[0] : guessParent(trace, indexes, distinct)
  return loopOfOne(
    {
      ...identify(nPlusOne.meta.id, { trace, queries: indexes, parent, callSite, statement: key }),
      confidence: proven ? 'proven' : 'likely',
      title: proven ? `N+1: ${count} queries, one for each row` : `N+1: one query sent ${count} times`,
      detail: explainOrigin(text, distinct, varying, origin),
      ...adviseRead(
        {
          text,
          types: valueTypes(first.sql),
          varying,
          limit: limitOfAll(queries),
          isWrittenBetween: isWrittenBetween(indexes),
          findsOneRow: queries.every((query) => query.bound?.findsOneRow),
          nextFrom: nextOfWalk(trace, indexes, varying),
          parent: parentStatement(trace, origin, varying),
        },
        { via: first.via, source: sourceOf(queries) },
      ),
      cost: { queries: count - 1, roundTrips: count - 1, ...growth(trace, parent, origin) },
      evidence: [
        statementEvidence(count, text, first),
        ...parentEvidence(trace, parent, origin),
        ...unknownLineEvidence(callSite),
      ],
    },
    { text, fingerprint: key, count },
  )
}

/** The LIMIT in force, where all have the same. */
function limitOfAll(queries: readonly Query[]): number | undefined {
  const limit = queries[0]?.limit
  return queries.every((query) => query.limit === limit) ? limit : undefined
}

const PAGE: ReadonlySet<Slot['role']> = new Set(['limit', 'offset'])

/** Only the page moves: the offset, or the key after which the next page starts. */
function isPagination(varying: readonly Slot[], text: string): boolean {
  const limited = /\b(limit|fetch (first|next))\b/i.test(text)
  const cursors = varying.filter(({ role }) => role === 'range').map(({ names }) => names.join())
  return varying.every(
    ({ role, names }) => PAGE.has(role) || (limited && (role === 'range' || cursors.includes(names.join()))),
  )
}
