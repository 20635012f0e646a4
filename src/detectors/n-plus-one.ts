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
  const origin = findOrigin(queries, varying)
  const proven = origin?.isCertain === true && distinct >= options.proven
  if (!proven && distinct < options.likely) return undefined

  const count = queries.length
  const where = repetition.callSite[0]?.function
  return {
    detector: nPlusOne.meta.id,
    severity: proven ? 'error' : 'warning',
    confidence: proven ? 'proven' : 'likely',
    title: proven ? `N+1: ${count} queries, one for each row` : `N+1: one query sent ${count} times`,
    detail: explain(distinct, varying, origin),
    ...batchRemedy(text, varying, first.via, walksTree(trace, origin, key)),
    key: [nPlusOne.meta.id, trace.name, where ?? '', key].join(' | '),
    route: trace.name,
    callSite: repetition.callSite,
    occurrences: [
      {
        trace: trace.id,
        queries: repetition.indexes,
        ...(origin?.parents[0] === undefined ? {} : { parent: origin.parents[0] }),
      },
    ],
    occurrenceCount: 1,
    cost: { queries: count - 1, roundTrips: count - 1 },
    evidence: [{ label: `${count}×`, text }, ...parentEvidence(trace, origin)],
  }
}

/** The earlier rows that the values of some slots came from. */
interface Origin {
  slots: readonly Slot[]
  /** Positions of the queries whose rows held the values, the one of the first value first. */
  parents: readonly number[]
  rows: number
  columns: readonly string[]
  /** One column for each slot explains the values; otherwise the columns are candidates. */
  isCertain: boolean
}

function findOrigin(queries: readonly Query[], varying: readonly Slot[]): Origin | undefined {
  const origins = varying.flatMap((slot) => originOf(queries, slot) ?? [])
  const [first] = origins.toSorted((a, b) => Number(b.isCertain) - Number(a.isCertain))
  if (!first?.isCertain) return first
  const together = origins.filter(({ isCertain, parents }) => isCertain && parents[0] === first.parents[0])
  return {
    ...first,
    slots: together.flatMap(({ slots }) => slots),
    columns: [...new Set(together.flatMap(({ columns }) => columns))],
  }
}

function originOf(queries: readonly Query[], slot: Slot): Origin | undefined {
  const flows = queries.map(({ flow }) => (flow ?? []).filter(({ param }) => param === slot.position))
  const known = flows.filter((flow) => flow.length > 0)
  const parents = [...new Set(known.flat().map(({ query }) => query))]
  if (parents.length === 0 || known.length < flows.length * MOST) return undefined
  const columns = [
    ...new Set(known.flat().map(({ table, column }) => (table ? `${table}.${column}` : column))),
  ]
  const rows = known.flat().reduce((most, flow) => Math.max(most, flow.rows), 0)
  if (parents.length === 1 && rows < 2) return undefined
  const isCertain = columns.length === 1 && known.every((flow) => flow.length === 1)
  return { slots: [slot], parents, rows, columns, isCertain }
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

function explain(distinct: number, varying: readonly Slot[], origin: Origin | undefined): string {
  const targets = (origin?.isCertain ? origin.slots : varying).flatMap(({ column }) => column ?? [])
  const values = `Each of the ${distinct} values${targets.length > 0 ? ` of ${list(targets)}` : ''}`
  if (!origin) return `${values} was asked for on its own, from one place in the code.`
  const rows =
    origin.parents.length > 1
      ? `the rows of ${origin.parents.length} earlier queries`
      : `${origin.rows} rows of one earlier query`
  if (origin.isCertain) return `${values} came from ${columnsOf(origin)} of ${rows}.`
  return `${values} is in ${rows}, in more than one column: ${list(origin.columns)}.`
}

function columnsOf({ columns }: Origin): string {
  return `${columns.length === 1 ? 'column' : 'columns'} ${list(columns)}`
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function parentEvidence(trace: Trace, origin: Origin | undefined): Evidence[] {
  const parent = trace.queries[origin?.parents[0] ?? -1]
  if (!parent) return []
  const place = parent.callSite?.[0]
  return [{ label: 'rows of', text: fingerprint(parent.sql).text, ...(place ? { callSite: place } : {}) }]
}

/** The rows of the statement itself are where its next values come from. */
function walksTree(trace: Trace, origin: Origin | undefined, key: string): boolean {
  return origin?.parents.some((parent) => fingerprint(trace.queries[parent]?.sql ?? '').key === key) ?? false
}
