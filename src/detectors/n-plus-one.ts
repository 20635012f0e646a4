// A read repeated from one place with different values, where one query could have answered them all. Distinct values
// count, not repetitions. It is proven when the values came from the rows of an earlier query. It refuses to accuse
// pagination, batches in chunks, and loops whose values it has not seen.
import { findRepetitions, type Repetition } from '../grouping/repetitions.ts'
import { fingerprint } from '../sql/index.ts'
import type { Detector, Evidence, Finding, Query, Trace } from '../types.ts'
import { batchRemedy } from './batch-remedy.ts'
import { readSlots, type Slot } from './slots.ts'

const defaults = {
  /** Distinct values that are enough when their origin is proven. */
  proven: 2,
  /** Distinct values that are enough without that proof. */
  likely: 3,
}

export const nPlusOne: Detector<typeof defaults> = {
  meta: {
    id: 'n-plus-one',
    title: 'A query for each row',
    severity: 'error',
    docsUrl: 'src/detectors/n-plus-one.md',
    defaults,
  },
  detect: (trace, options) =>
    findRepetitions(trace.queries).flatMap((repetition) => examine(trace, repetition, options) ?? []),
}

function examine(trace: Trace, repetition: Repetition, options: typeof defaults): Finding | undefined {
  const queries = repetition.indexes.flatMap((index) => trace.queries[index] ?? [])
  const [first] = queries
  if (!first) return undefined
  const { kind, text, key } = fingerprint(first.sql)
  if (kind !== 'select') return undefined
  const slots = readSlots(text, queries)
  const varying = slots.filter(({ distinct }) => distinct > 1)
  if (varying.length === 0 || varying.some(({ isBatch }) => isBatch) || isPagination(varying, text))
    return undefined

  const distinct = countTuples(varying)
  const origin = findOrigin(trace, queries, varying)
  const proven = origin?.columns.length === 1 && distinct >= options.proven
  if (!proven && distinct < options.likely) return undefined

  const count = queries.length
  const where = repetition.callSite[0]?.function
  return {
    detector: nPlusOne.meta.id,
    severity: proven ? 'error' : 'warning',
    confidence: proven ? 'proven' : 'likely',
    title: proven ? `N+1: ${count} queries, one for each row` : `N+1: one query sent ${count} times`,
    detail: explain(count, distinct, varying, origin),
    ...batchRemedy(text, varying, first.via),
    key: [nPlusOne.meta.id, trace.name, where ?? '', key].join(' | '),
    route: trace.name,
    callSite: repetition.callSite,
    occurrences: [
      {
        trace: trace.id,
        queries: repetition.indexes,
        ...(origin ? { parent: origin.parent } : {}),
      },
    ],
    occurrenceCount: 1,
    cost: { queries: count - 1, roundTrips: count - 1 },
    evidence: [{ label: `${count}×`, text }, ...parentEvidence(trace, origin)],
  }
}

interface Origin {
  /** Position of the query whose rows held the first value. */
  parent: number
  parents: number
  rows: number
  /** One when the origin is proven; several are candidates. */
  columns: readonly string[]
}

/** The earlier rows that the values of one slot came from, when all that are not NULL came from one statement. */
function findOrigin(trace: Trace, queries: readonly Query[], varying: readonly Slot[]): Origin | undefined {
  for (const { position } of varying) {
    const flows = queries.map(({ flow }) => (flow ?? []).filter(({ param }) => param === position))
    const known = flows.filter((flow) => flow.length > 0)
    const parents = [...new Set(known.flat().map(({ query }) => query))]
    const statements = new Set(parents.map((index) => fingerprint(trace.queries[index]?.sql ?? '').key))
    const rows = known.flat().reduce((most, flow) => Math.max(most, flow.rows), 0)
    const [parent] = parents
    if (parent === undefined || known.length < flows.length * MOST || rows < 2) continue
    const columns = [
      ...new Set(known.flat().map(({ table, column }) => (table ? `${table}.${column}` : column))),
    ]
    if (statements.size === 1 || columns.length > 1) return { parent, parents: parents.length, rows, columns }
  }
  return undefined
}

/** A foreign key may be NULL in some rows; their queries carry no value that could have come from anywhere. */
const MOST = 0.5

/** Only the page moves: the offset, or the key after which the next page starts. */
function isPagination(varying: readonly Slot[], text: string): boolean {
  const limited = /\b(limit|fetch (first|next))\b/i.test(text)
  const cursors = varying.filter(({ role }) => role === 'range').map(({ names }) => names.join())
  return varying.every(
    ({ role, names }) => role === 'page' || (limited && (role === 'range' || cursors.includes(names.join()))),
  )
}

function countTuples(varying: readonly Slot[]): number {
  const [first] = varying
  return new Set(first?.names.map((_, sending) => varying.map(({ names }) => names[sending]).join(' '))).size
}

function explain(
  count: number,
  distinct: number,
  varying: readonly Slot[],
  origin: Origin | undefined,
): string {
  const column = varying[0]?.column
  const values = `${distinct === count ? 'Each' : 'Every one'} of the ${distinct} values${column ? ` of ${column}` : ''}`
  if (!origin) return `${values} was asked for on its own, from one place in the code.`
  const rows =
    origin.parents > 1
      ? `the rows of ${origin.parents} earlier queries`
      : `${origin.rows} rows of one earlier query`
  if (origin.columns.length === 1) return `${values} came from column ${origin.columns[0]} of ${rows}.`
  return `${values} is in ${rows}, in more than one column: ${origin.columns.join(', ')}.`
}

function parentEvidence(trace: Trace, origin: Origin | undefined): Evidence[] {
  const parent = origin && trace.queries[origin.parent]
  if (!parent) return []
  const place = parent.callSite?.[0]
  return [{ label: 'rows of', text: fingerprint(parent.sql).text, ...(place ? { callSite: place } : {}) }]
}
