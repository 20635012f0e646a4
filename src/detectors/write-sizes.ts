// How many rows each sending of a repeated write wrote, and whether that makes it a loop: rows one at a time, or the few
// rows of one parent, then those of the next. It refuses to call chunks a loop: large batches, and batches of one size.
import { fingerprint } from '../sql/index.ts'
import type { Query } from '../types/query.ts'
import { readSlots, type Slot } from './slots.ts'

export interface WriteLoop {
  /** Rows of the smallest and of the largest statement. */
  fewest: number
  most: number
  /** The slots that tell the turns apart; of batches those that hold one value for all rows, the parent's. */
  varying: readonly Slot[]
  /** Batches whose sizes could be those of chunks: a loop only when the origin of the parents is proven. */
  needsProof: boolean
}

/** A statement of so many rows has saved most of what there is to be saved. */
const LARGE_BATCH = 50
/** Different parents that are enough without a proof. */
const ENOUGH_PARENTS = 3

/** Takes the executions of one statement in the trace. Undefined when they are no loop, or when this is unknown. */
export function findWriteLoop(
  text: string,
  queries: readonly Query[],
  trace: readonly Query[],
): WriteLoop | undefined {
  const slots = readSlots(text, queries)
  const sizes = sizesOf(text, queries, slots)
  if (!sizes) return undefined
  const sorted = sizes.toSorted((a, b) => a - b)
  const [fewest = 1] = sorted
  const most = sorted.at(-1) ?? 1
  if (most <= 1) {
    return { fewest, most, varying: slots.filter(({ distinct }) => distinct > 1), needsProof: false }
  }
  if ((sorted[sorted.length >> 1] ?? 1) >= LARGE_BATCH) return undefined
  const parents = slots.flatMap((slot) => parentSlot(text, slot) ?? [])
  if (parents.length === 0) return undefined
  const isTold =
    !isChunked(sizes) ||
    queries.every(({ sql }, at) => repeatsParameter(sql, sizes[at] ?? 1)) ||
    parents.some((slot) => isKey(text, slot) || isLookedUp(slot, text, trace))
  const isEnough = parents.some(({ distinct }) => distinct >= ENOUGH_PARENTS)
  return { fewest, most, varying: parents, needsProof: !isTold || !isEnough }
}

function sizesOf(text: string, queries: readonly Query[], slots: readonly Slot[]): number[] | undefined {
  if (isPortion(text)) return undefined
  const rows = rowSlots(text, slots)
  if (!isReadFromTable(text)) {
    return queries.map((_, sending) => rowsAt(sending, rows))
  }
  // The number of rows that the database reads and writes is known only afterwards, and an existing row may not be written
  // again.
  const written = queries.flatMap(({ rows: count }) => count ?? [])
  const wroteRows = written.filter((count) => count > 0).length * 2 > queries.length
  return written.length === queries.length && wroteRows && !AGGREGATED.test(text) ? written : undefined
}

/** A table that is changed some rows at a time. */
function isPortion(text: string): boolean {
  const at = text.search(/\b(?:in|any) ?\(select\b/i)
  return at >= 0 && /\blimit\b/i.test(text.slice(at))
}

/** The rows that are inserted are not all among the values. */
function isReadFromTable(text: string): boolean {
  return /^insert\b/i.test(text) && /\bselect\b/i.test(text) && !/\b(?:values |unnest)\(/i.test(text)
}

/** Here the database works on many rows to write few; the round trip is not what takes its time. */
const AGGREGATED = /\bgroup by\b|\b(?:count|sum|avg|min|max)\(/i

/** The slots that have a value for each row: those in VALUES, and elsewhere all lists. */
function rowSlots(text: string, slots: readonly Slot[]): readonly Slot[] {
  const from = text.search(/\bvalues \(/i)
  if (from < 0) return slots.filter(({ isBatch }) => isBatch)
  const end = text.slice(from).search(/\b(?:on conflict|returning|where)\b/i)
  const to = end < 0 ? text.length : from + end
  return slots.filter(({ start }) => start > from && start < to)
}

/** A list beside a value that is none is an array: one row. */
function rowsAt(sending: number, slots: readonly Slot[]): number {
  const [first] = slots
  const size = first?.sizes[sending] ?? 1
  return slots.every(({ sizes }) => sizes[sending] === size) ? Math.max(1, size) : 1
}

/** All sizes are the same, but for a rest at the end. */
function isChunked(sizes: readonly number[]): boolean {
  const [size = 0] = sizes
  return sizes.slice(0, -1).every((other) => other === size) && (sizes.at(-1) ?? 0) <= size
}

/** The slot with one value for all rows of a statement, and another one in the next statement. */
function parentSlot(text: string, slot: Slot): Slot | undefined {
  const { owners } = slot
  const names = owners.flatMap((owner) => owner ?? [])
  const distinct = new Set(names).size
  if (names.length < owners.length || distinct < 2) return undefined
  // The values that an UPDATE sets for all rows may be those by which the rows were grouped, and rows of a table are copied
  // in ranges of its key.
  const areRowsGiven = /^insert\b/i.test(text) && !isReadFromTable(text)
  if (!areRowsGiven && !isKey(text, slot)) return undefined
  return { ...slot, names, distinct }
}

/** The condition that finds the rows. SET has the same form. */
function isKey(text: string, { role, start }: Slot): boolean {
  return role === 'equals' && start > text.search(/\bwhere\b/i)
}

/** Each row is written with the same parameter: `values ($1, $2), ($1, $3)`. */
function repeatsParameter(sql: string, rows: number): boolean {
  const end = sql.search(/\b(?:on\s+conflict|returning)\b/i)
  const counts = new Map<string, number>()
  for (const [parameter] of (end < 0 ? sql : sql.slice(0, end)).matchAll(/\$\d+/g)) {
    counts.set(parameter, (counts.get(parameter) ?? 0) + 1)
  }
  return rows === 1 || [...counts.values()].includes(rows)
}

/** Other statements of the trace ask for most of the values by a key, as a parent's rows are deleted before new ones are written. */
function isLookedUp({ names }: Slot, text: string, trace: readonly Query[]): boolean {
  const asked = new Set<string>()
  for (const query of trace) {
    const { text: other } = fingerprint(query.sql)
    if (other === text) continue
    for (const slot of readSlots(other, [query])) {
      const [name] = slot.names
      if (name !== undefined && isKey(other, slot)) asked.add(name)
    }
  }
  return names.filter((name) => asked.has(name)).length * 2 > names.length
}
