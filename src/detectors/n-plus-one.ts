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
import { explainOrigin, findOrigin, guessParent, parentStatement } from './origin.ts'
import { pageUrl } from './page-url.ts'
import { isPolling } from './polling.ts'
import { countTuples, readSlots, type Slot } from './slots.ts'
import { sourceOf } from './source-of.ts'
import { tableVersions } from './table-versions.ts'
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
  detect: (trace, options) => readLoops(trace, options).map((loop) => describe(trace, loop)),
}

/** A repetition that is a loop of reads, with the facts that show it. */
interface ReadLoop extends Repetition {
  queries: readonly Query[]
  varying: readonly Slot[]
  distinct: number
  origin: ReturnType<typeof findOrigin>
  isProven: boolean
}

/** Finds the loops without describing them, which costs much more. */
export function readLoops(trace: Trace, options: typeof defaults = defaults): ReadLoop[] {
  return findRepetitions(trace.queries).flatMap((repetition) => readLoop(trace, repetition, options) ?? [])
}

function readLoop(trace: Trace, repetition: Repetition, options: typeof defaults): ReadLoop | undefined {
  const { indexes, isLoop } = repetition
  const queries = indexes.flatMap((index) => trace.queries[index] ?? [])
  const [first] = queries
  if (!first) return undefined
  const { kind, text } = fingerprint(first.sql)
  if (kind !== 'select') return undefined
  const varying = readSlots(text, queries).filter(({ distinct }) => distinct > 1)
  if (varying.length === 0 || varying.some(({ isBatch }) => isBatch) || isPagination(varying, text))
    return undefined
  if (varying.every(({ role }) => role === 'range') && isPolling(queries)) return undefined

  const distinct = countTuples(varying)
  const origin = findOrigin(queries, varying)
  const isProven = origin?.isCertain === true && distinct >= options.minProven
  if (!isProven && (distinct < options.minLikely || !isLoop)) return undefined
  return { ...repetition, queries, varying, distinct, origin, isProven }
}

function describe(trace: Trace, loop: ReadLoop): Finding {
  const { indexes, callSite, queries, varying, distinct, origin, isProven } = loop
  const [first] = queries as [Query]
  const { text, key } = fingerprint(first.sql)
  const versions = new Set(indexes.map(tableVersions(trace.queries)).map(({ written }) => written))
  const count = queries.length
  const parent = origin ? origin.parents[0] : guessParent(trace, indexes, distinct)
  return loopOfOne(
    {
      ...identify(nPlusOne.meta.id, { trace, queries: indexes, parent, callSite, statement: key }),
      confidence: isProven ? 'proven' : 'likely',
      title: isProven ? `N+1: ${count} queries, one for each row` : `N+1: one query sent ${count} times`,
      detail: explainOrigin(text, distinct, varying, origin),
      ...adviseRead(
        {
          text,
          types: valueTypes(first.sql),
          varying,
          limit: limitOfAll(queries),
          isWrittenBetween: versions.size > 1,
          findsOneRow: queries.every(findsOneRow),
          nextFrom: nextOfWalk(trace, indexes, varying),
          parent: parentStatement(trace, origin, varying),
        },
        { via: first.via, source: sourceOf(queries) },
      ),
    },
    { trace, queries, origin, parent },
  )
}

/** One value of the statement's key finds at most one row, even without its LIMIT. */
function findsOneRow({ bound, limit }: Query): boolean {
  return bound?.findsOneRow === true || (bound?.rows === 1 && limit === undefined)
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
