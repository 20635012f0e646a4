// Where the values of a repeated query came from, read from the flow that was noted when the trace closed: the proof
// of a loop, or the candidates. Without any flow it is at most a guess, and called one.
import { fingerprint, type ValueType, valueTypes } from '../sql/index.ts'
import type { Evidence } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import type { Slot } from './slots.ts'

export interface Origin {
  slots: readonly Slot[]
  /** Positions of the queries whose rows held the values, the one of the first value first. */
  parents: readonly number[]
  rows: number
  columns: readonly string[]
  /** By the slot's position, the name of its column in the parent's rows. */
  columnOf: ReadonlyMap<number, string>
  /**
   * True when one column for each slot explains the values and is unlikely to do so by chance. Otherwise the columns are
   * candidates.
   */
  isCertain: boolean
  /** True when the columns may contain the values by chance, so that they are only a hint. */
  mayBeAccident: boolean
  /** Different values whose origin it is; a walk along a tree begins with one from elsewhere. */
  distinct: number
}

/** Less likely accidents are taken for proof. */
const PROOF = 1 / 1000
/** A column that would fit by chance with a higher probability than this is not worth naming. */
const HINT = 1 / 20

/** A foreign key may be NULL in some rows; their queries carry no value that could have come from anywhere. */
const MOST = 0.5

export function findOrigin(queries: readonly Query[], varying: readonly Slot[]): Origin | undefined {
  const origins = varying.flatMap((slot) => originOf(queries, slot) ?? [])
  const first = origins.find(({ isCertain }) => isCertain)
  if (!first) return origins.find(({ mayBeAccident }) => !mayBeAccident) ?? origins[0]
  const together = origins.filter(({ isCertain, parents }) => isCertain && parents[0] === first.parents[0])
  return {
    ...first,
    slots: together.flatMap(({ slots }) => slots),
    columns: [...new Set(together.flatMap(({ columns }) => columns))],
    columnOf: new Map(together.flatMap(({ columnOf }) => [...columnOf])),
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
  const chance = known.flat().reduce((most, flow) => Math.max(most, flow.chance ?? 0), 0)
  if (chance >= HINT) return undefined
  const mayBeAccident = chance >= PROOF
  return {
    slots: [slot],
    parents,
    rows,
    columns,
    columnOf: new Map(known.flat().map(({ column }) => [slot.position, column])),
    isCertain: !mayBeAccident && columns.length === 1 && known.every((flow) => flow.length === 1),
    mayBeAccident,
    distinct: new Set(slot.names.filter((_, sending) => (flows[sending]?.length ?? 0) > 0)).size,
  }
}

/** One sentence for people: which values, and where they came from. */
export function explainOrigin(
  text: string,
  distinct: number,
  varying: readonly Slot[],
  origin: Origin | undefined,
): string {
  const targets = (origin?.isCertain ? origin.slots : varying).flatMap(({ column }) =>
    column ? [qualify(column, text)] : [],
  )
  const some = origin?.isCertain && varying.length === 1 && origin.distinct < distinct
  const which = some ? `${origin.distinct} of the ${distinct}` : `Each of the ${distinct}`
  const values = `${which} values${targets.length > 0 ? ` of ${list(targets)}` : ''}`
  if (!origin || origin.mayBeAccident) return `${values} was sent on its own, from one place in the code.`
  const { parents, rows, columns } = origin
  const source =
    parents.length > 1 ? `the rows of ${parents.length} earlier queries` : `${rows} rows of one earlier query`
  if (!origin.isCertain) return `${values} is in ${source}, in more than one column: ${list(columns)}.`
  const named = columns.every((column) => column.includes('.'))
    ? ''
    : columns.length === 1
      ? 'column '
      : 'columns '
  return `${values} came from ${named}${list(columns)} of ${source}.`
}

/** The statement as evidence, with the place where it was built when others send it. */
export function statementEvidence(count: number, text: string, { builtAt }: Query): Evidence {
  return { label: `${count}×`, text, ...(builtAt ? { callSite: builtAt } : {}) }
}

/** The parent as evidence. It is marked as a guess when it is not certain. */
export function parentEvidence(
  trace: Trace,
  parent: number | undefined,
  origin: Origin | undefined,
): Evidence[] {
  const query = trace.queries[parent ?? -1]
  if (!query) return []
  const place = query.callSite?.[0]
  const label = origin && !origin.mayBeAccident ? 'rows of' : 'perhaps of'
  return [{ label, text: fingerprint(query.sql).text, ...(place ? { callSite: place } : {}) }]
}

/** The last query before the first of the loop that returned a row for each of its turns. */
export function guessParent(trace: Trace, indexes: readonly number[], distinct: number): number | undefined {
  const [first = 0] = indexes
  const start = trace.queries[first]?.startMs
  for (let index = first - 1; index >= 0; index--) {
    const { rows, startMs, waitMs = 0, durationMs, error } = trace.queries[index] as Query
    if (error !== undefined || (rows !== indexes.length && rows !== distinct)) continue
    const end = startMs === undefined || durationMs === undefined ? undefined : startMs + waitMs + durationMs
    if (end === undefined || start === undefined || end <= start) return index
  }
  return undefined
}

/** The one statement that explains every varying slot, with its column for each; undefined where there is no such one. */
export function parentStatement(
  trace: Trace,
  origin: Origin | undefined,
  varying: readonly Slot[],
): { text: string; types: readonly ValueType[]; columns: readonly string[] } | undefined {
  if (!origin?.isCertain || varying.length !== origin.slots.length) return undefined
  const parents = origin.parents.map((index) => fingerprint(trace.queries[index]?.sql ?? ''))
  const [first] = parents
  if (!first || parents.some(({ key }) => key !== first.key)) return undefined
  const columns = varying.map(({ position }) => origin.columnOf.get(position) ?? '')
  const names = trace.queries[origin.parents[0] ?? -1]?.columns?.map((column) => column.name) ?? []
  const isUnique = columns.every((column) => names.filter((other) => other === column).length === 1)
  return isUnique
    ? { text: first.text, types: valueTypes(trace.queries[origin.parents[0] ?? -1]?.sql ?? ''), columns }
    : undefined
}

/** `id` of the one table that a statement reads is the id of that table. */
function qualify(column: string, text: string): string {
  if (column.includes('.')) return column
  const [table, ...others] = [...text.matchAll(/\b(?:from|join|update|into) ([\w$".]+)/gi)].map(
    ([, name]) => name,
  )
  return table && others.length === 0 && !text.includes(`from ${table},`) ? `${table}.${column}` : column
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
