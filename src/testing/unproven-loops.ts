// Finds loops that a test could not have revealed: over a result of at most one row, or of two rows whose values prove
// nothing. An assertion against loops then passes with the loop as well as without it. A lookup, which returns one row by a
// key, a LIMIT or an aggregate, is never doubted.
import { readSlots } from '../detectors/slots.ts'
import { findRepetitions } from '../grouping/repetitions.ts'
import { analyzeStatement, bound, fingerprint } from '../sql/index.ts'
import type { SingleValue } from '../trace/value-flow/single-values.ts'
import type { Query } from '../types/query.ts'

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
export function isList({ sql, bound: known, limit, error }: Query): boolean {
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
