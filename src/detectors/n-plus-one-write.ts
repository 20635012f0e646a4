// A write repeated from one place, where one statement could have written all the rows. Executions that succeeded count,
// whatever their values: a loop that inserts the same row ten times is one too. It refuses to accuse chunks of rows,
// retries, migrations, and workers, where each claimed job is a unit of work of its own.
import { adviseWrite } from '../advice/advice.ts'
import { findRepetitions, type Repetition } from '../grouping/repetitions.ts'
import { fingerprint, type ValueType, valueTypes } from '../sql/index.ts'
import type { TraceDetector } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { identify } from './identify.ts'
import { loopOfOne } from './loop-statement.ts'
import { explainOrigin, findOrigin } from './origin.ts'
import { pageUrl } from './page-url.ts'
import { withoutRetried } from './retried-writes.ts'
import { countTuples, readSlots } from './slots.ts'
import { sourceOf } from './source-of.ts'
import { findWriteLoop, type WriteLoop } from './write-sizes.ts'

const defaults = {
  /** Executions that are needed even when the origin of their values is proven. */
  minProven: 2,
  /** Executions that are enough without that proof. */
  minLikely: 3,
}

export const nPlusOneWrite: TraceDetector<typeof defaults> = {
  meta: {
    id: 'n-plus-one-write',
    title: 'A write for each row',
    severity: 'error',
    url: pageUrl('n-plus-one-write'),
    isLoop: true,
    defaults,
  },
  detect: (trace, options) =>
    findRepetitions(trace.queries).flatMap((repetition) => examine(trace, repetition, options) ?? []),
}

const WRITES: Readonly<Record<string, string>> = {
  insert: 'inserts',
  update: 'updates',
  delete: 'deletes',
  merge: 'merges',
}

function examine(trace: Trace, repetition: Repetition, options: typeof defaults): Finding | undefined {
  const { callSite, isLoop } = repetition
  const { kind, text, key } = fingerprint(trace.queries[repetition.indexes[0] ?? -1]?.sql ?? '')
  const writes = WRITES[kind]
  if (!writes || MIGRATIONS.test(text)) return undefined
  const succeeded = repetition.indexes.filter((index) => trace.queries[index]?.error === undefined)
  const indexes = withoutRetried(trace.queries, succeeded)
  const queries = indexes.flatMap((index) => trace.queries[index] ?? [])
  const [first] = queries
  if (!first) return undefined
  const loop = findWriteLoop(text, queries, trace.queries)
  if (!loop) return undefined

  const { varying } = loop
  const origin = findOrigin(queries, varying)
  const proven = origin?.isCertain === true && queries.length >= options.minProven
  if (!proven && (queries.length < options.minLikely || !isLoop || loop.needsProof)) return undefined

  const count = queries.length
  const parent = origin?.parents[0]
  const followsItself = origin?.parents.some((index) => indexes.includes(index)) ?? false
  return loopOfOne(
    {
      ...identify(nPlusOneWrite.meta.id, { trace, queries: indexes, parent, callSite, statement: key }),
      confidence: proven ? 'proven' : 'likely',
      title: `N+1: ${count} ${writes}, ${loop.most > 1 ? 'those of one parent' : 'one'} at a time`,
      detail: explain(writes, text, queries, loop, origin),
      ...adviseWrite(
        { kind, text, ...typesOf(queries), values: readSlots(text, queries), followsItself },
        { via: first.via, source: loop.most > 1 ? undefined : sourceOf(queries) },
      ),
    },
    { trace, queries, origin, parent },
  )
}

/** The books that migration tools keep of what they have run. */
const MIGRATIONS = /\b\w*(migrations?|schema_version|flyway_schema_history|databasechangelog)\b/i

function explain(
  writes: string,
  text: string,
  queries: readonly Query[],
  { varying, fewest, most }: WriteLoop,
  origin: ReturnType<typeof findOrigin>,
): string {
  const isKnown = origin && !origin.mayBeAccident
  const values = isKnown ? `${explainOrigin(text, countTuples(varying), varying, origin)} ` : ''
  const commits = queries.filter(
    ({ transaction, connection }) => transaction === undefined && connection,
  ).length
  const rows = most > 1 ? ` writes ${fewest < most ? `${fewest} to ${most}` : most} rows and` : ''
  const each = `Each of the ${queries.length} ${writes}${rows} is a round trip`
  if (commits < queries.length) return `${values}${each}.`
  return `${values}${each} and, outside any transaction, a commit of its own: a failure half-way leaves half of them.`
}

/**
 * Takes the values of the first turn, and of the first turn that has DEFAULT where that one has a value, or the other way
 * round.
 */
function typesOf(queries: readonly Query[]): Record<'types' | 'otherTypes', readonly ValueType[]> {
  const [types = [], ...others] = [...new Set(queries.slice(0, COMPARED_TEXTS).map(({ sql }) => sql))].map(
    valueTypes,
  )
  const isDefault = (ofTurn: readonly ValueType[], at: number) => ofTurn[at]?.literal === 'default'
  const other = others.find((one) => types.some((_, at) => isDefault(one, at) !== isDefault(types, at)))
  return { types, otherTypes: other ?? types }
}

/** Values that are written into the statements make another text of each. */
const COMPARED_TEXTS = 100
