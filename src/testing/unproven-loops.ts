// Loops that could not have shown: over a result of one row, or of none. An assertion against loops then passes with the
// loop as well as without it. It refuses to doubt a lookup: what returns one row by a key, a LIMIT or an aggregate.
import { readSlots } from '../detectors/slots.ts'
import { clip, formatFrame } from '../report/reporters/console.ts'
import { analyzeStatement, bound, fingerprint } from '../sql/index.ts'
import type { SingleValue } from '../trace/single-values.ts'
import type { Query } from '../types.ts'
import type { CapturedQueries } from './capture-queries.ts'

/** A query that took its value from the only row of a result that may have more. */
export interface UnprovenLoop {
  parent: Query
  query: Query
}

/** Of one trace; `loadParser()` must be through, or nothing is said. */
export function findUnprovenLoops(
  queries: readonly Query[],
  singleValues: readonly SingleValue[],
): UnprovenLoop[] {
  const loops = singleValues.flatMap((value): UnprovenLoop[] => {
    const [query, parent] = [queries[value.query], queries[value.parent]]
    if (!query || !parent || !isLookup(query, value) || !isList(parent)) return []
    return [{ parent, query }]
  })
  return loops.filter(({ query }, index) => loops.findIndex((other) => other.query === query) === index)
}

/** Why an assertion against loops proves nothing; `undefined` when it does. */
export function whyInconclusive(
  { queries }: CapturedQueries,
  loops: readonly UnprovenLoop[],
  assertion: string,
): string | undefined {
  const [first] = loops
  const advice = 'Give the test two rows or more.'
  if (first) {
    const more = loops.length > 1 ? ` So it is with ${loops.length - 1} more.` : ''
    return (
      `${assertion} is inconclusive: ${describe(first.parent)} returned a single row, so a loop over its rows would have sent ` +
      `${describe(first.query)} once, as this code did.${more} ${advice}`
    )
  }
  const lists = queries.filter(isList)
  const empty = lists.find(({ rows }) => rows === 0)
  if (!empty || lists.some(({ rows = 0 }) => rows > 0)) return undefined
  return `${assertion} is inconclusive: ${describe(empty)} returned no row, so a loop over its rows would not have run. ${advice}`
}

function isLookup({ sql, valueHashes }: Query, { param, column, isTelling }: SingleValue): boolean {
  const { text, kind } = fingerprint(sql)
  if (!LOOKED_UP.has(kind)) return false
  const slot = readSlots(text, [{ sql, ...(valueHashes ? { valueHashes } : {}) }])[param]
  if (slot?.role !== 'equals' || slot.column === undefined) return false
  return isTelling || isRelated(column, slot.column.split('.').at(-1) ?? '')
}

const LOOKED_UP: ReadonlySet<string> = new Set(['select', 'update', 'delete'])

/** `author_id` and `authors.id`, `orders.id` and `order_id`, `author_id` and `author_id`; the id of one is no id of another. */
function isRelated(from: string, to: string): boolean {
  const [a, b] = [from, to].map((name) => name.replace(/["_]/g, '').toLowerCase()) as [string, string]
  if (a === 'id' || b === 'id') return a !== b && a.endsWith('id') && b.endsWith('id')
  return a === b
}

/**
 * A SELECT that may return more rows than one. With a catalog that is proven; without one, it must say so itself: it sorts,
 * it has a LIMIT above one, or it compares no column with a value.
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
