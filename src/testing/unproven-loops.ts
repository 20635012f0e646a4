// Finds loops that a test could not have revealed: over a result of at most one row, or of two rows whose values prove
// nothing. An assertion against loops then passes with the loop as well as without it. A lookup, which returns one row by a
// key, a LIMIT or an aggregate, is never doubted.
import { describeDetector } from '../detectors/describe-detector.ts'
import { detectors } from '../detectors/index.ts'
import { readSlots } from '../detectors/slots.ts'
import { findRepetitions } from '../grouping/repetitions.ts'
import { clip, formatFrame } from '../report/reporters/console.ts'
import { analyzeStatement, bound, fingerprint } from '../sql/index.ts'
import type { SingleValue } from '../trace/value-flow/single-values.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Report } from '../types/report.ts'
import type { CapturedQueries } from './capture-queries.ts'
import { findingsAbout } from './failure-text.ts'

/** The detectors of this package that find a query for each row. */
export const LOOP_DETECTORS: readonly string[] = detectors
  .filter(({ meta }) => meta.isLoop)
  .map(({ meta }) => meta.id)

/** True for findings of these detectors, and of loop detectors that the user added. */
export function isLoopFinding(
  report: Pick<Report, 'rules'>,
  { detector }: Pick<Finding, 'detector'>,
): boolean {
  return describeDetector(report, detector)?.isLoop === true
}

/** A query whose value comes from a result with too few rows. */
export interface UnprovenLoop {
  parent: Query
  query: Query
  /** Number of executions. */
  times: number
}

/** Takes the queries of one trace. Returns nothing until `loadParser()` has finished. */
export function findUnprovenLoops(
  queries: readonly Query[],
  singleValues: readonly SingleValue[],
): UnprovenLoop[] {
  const single = singleValues.flatMap((value): UnprovenLoop[] => {
    const [query, parent] = [queries[value.query], queries[value.parent]]
    if (!query || !parent || !isLookup(query, value) || !isList(parent)) return []
    return [{ parent, query, times: 1 }]
  })
  const once = single.filter(
    ({ query }, index) => single.findIndex((other) => other.query === query) === index,
  )
  return [
    ...findRepetitions(queries).flatMap(({ indexes, isLoop }) => (isLoop ? ambiguous(queries, indexes) : [])),
    ...once,
  ]
}

/**
 * A loop that ran twice, over the rows of one list, with values that prove nothing, because small fixtures have the same
 * small ids everywhere. The detectors need a third row before they report such a loop. Loops that they have proven are
 * findings already.
 */
function ambiguous(queries: readonly Query[], indexes: readonly number[]): UnprovenLoop[] {
  const [query, ...others] = indexes.flatMap((index) => queries[index] ?? [])
  if (!query || others.length !== 1 || !LOOKED_UP.has(fingerprint(query.sql).kind)) return []
  const flows = [query, ...others].map(({ flow = [] }) => flow)
  const [from] = flows[0] ?? []
  const parent = from && queries[from.query]
  if (!parent || flows.some((flow) => flow.length === 0) || !isList(parent)) return []
  return [{ parent, query, times: indexes.length }]
}

/** The reason why an assertion against loops proves nothing, or `undefined` when it does. */
export function whyInconclusive(
  captured: CapturedQueries,
  loops: readonly UnprovenLoop[],
  assertion: string,
): string | undefined {
  const [first, ...others] = loops.filter(({ query }) => !isReported(query, captured))
  const { queries } = captured
  const advice = 'Give the test two rows or more.'
  const more = others.length > 0 ? ` So it is with ${others.length} more.` : ''
  if (first && first.times > 1) {
    return (
      `${assertion} is inconclusive: ${describe(first.query)} was sent ${first.times} times with values that are in ` +
      `the rows of ${describe(first.parent)}; so few may be there by accident, and it takes three to call that a loop.${more} ` +
      'Give the test three rows or more.'
    )
  }
  if (first) {
    return (
      `${assertion} is inconclusive: ${describe(first.parent)} returned a single row, so a loop over its rows would have sent ` +
      `${describe(first.query)} once, as this code did.${more} ${advice}`
    )
  }
  // Deciding whether a statement returns a list needs the parser, so it is done for few statements.
  const empty = queries.find((query) => query.rows === 0 && isList(query))
  if (!empty || queries.some((query) => query.rows !== undefined && query.rows > 0 && isList(query)))
    return undefined
  return `${assertion} is inconclusive: ${describe(empty)} returned no row, so a loop over its rows would not have run. ${advice}`
}

function isReported(query: Query, captured: CapturedQueries): boolean {
  if (query.ignored !== undefined) return true
  return findingsAbout([query], captured).some((finding) => isLoopFinding(captured.report, finding))
}

function isLookup({ sql, valueHashes }: Query, { param, column, isTelling }: SingleValue): boolean {
  const { text, kind } = fingerprint(sql)
  if (!LOOKED_UP.has(kind)) return false
  const slot = readSlots(text, [{ sql, ...(valueHashes ? { valueHashes } : {}) }])[param]
  if (slot?.role !== 'equals' || slot.column === undefined) return false
  return isTelling || isRelated(column, slot.column.split('.').at(-1) ?? '')
}

const LOOKED_UP: ReadonlySet<string> = new Set(['select', 'update', 'delete'])

/**
 * Whether two columns may hold the same id: `author_id` and `authors.id`, `orders.id` and `order_id`, or equal names. The
 * columns `id` of two tables do not.
 */
function isRelated(from: string, to: string): boolean {
  const [a, b] = [from, to].map((name) => name.replace(/["_]/g, '').toLowerCase()) as [string, string]
  if (a === 'id' || b === 'id') return a !== b && a.endsWith('id') && b.endsWith('id')
  return a === b
}

/**
 * Whether a SELECT may return more than one row. A catalog can prove it; without one the statement must sort, have a LIMIT
 * above one, or compare no column with a value.
 */
function isList({ sql, bound: known, limit, error }: Query): boolean {
  if (error !== undefined || fingerprint(sql).kind !== 'select' || limit === 1) return false
  if (known) return known.rows === undefined || known.rows > 1
  if (bound(sql).rows <= 1) return false
  if (limit !== undefined) return true
  const analysis = analyzeStatement(sql)
  if (!analysis.analyzed || !analysis.tables.some(({ kind }) => kind === 'table')) return false
  if ((analysis.queries[0]?.orderBy.length ?? 0) > 0) return true
  return !analysis.predicates.some(
    ({ query, operator, conjunct, clause }) =>
      query === 0 && operator === '=' && conjunct && clause === 'where',
  )
}

function describe({ sql, callSite = [] }: Query): string {
  const [frame] = callSite
  const place = frame ? ` (${formatFrame(frame, { cwd: process.cwd() })})` : ''
  return `"${clip(fingerprint(sql).text)}"${place}`
}
