// The places of a statement where values stand, and what stood there each time it was sent: what a detector needs to
// tell a lookup by key from the next page and from a batch. Reads the fingerprint's text, in which each value is a `?`.
import { statementValues } from '../sql/index.ts'
import type { Query } from '../types.ts'

export interface Slot {
  /** Position among the values. */
  position: number
  /** Offset of its `?` in the fingerprint's text. */
  start: number
  /** `list` is IN and ANY, `range` a comparison by `<` or `>`, `page` LIMIT and OFFSET. */
  role: 'equals' | 'list' | 'range' | 'page' | 'other'
  /** The column it is compared with, as written. */
  column?: string
  /** A name of the value for each sending; equal values have equal names. */
  names: readonly string[]
  distinct: number
  /** Several values at once: `IN (…)` or an array of more than one element. */
  isBatch: boolean
}

/** Empty when values and `?` cannot be matched, or no values are known. */
export function readSlots(text: string, queries: readonly Query[]): Slot[] {
  const starts = placeholders(text)
  const values = queries.map(valuesOf)
  if (values.some((sent) => sent.length !== starts.length)) return []
  return starts.map((start, position) => {
    const sent = values.map((all) => all[position])
    const names = sent.map((value) =>
      JSON.stringify(Array.isArray(value) && value.length === 1 ? value[0] : value),
    )
    const column = COLUMN_BEFORE.exec(text.slice(0, start))?.[1]
    return {
      position,
      start,
      role: roleOf(text.slice(0, start)),
      ...(column ? { column } : {}),
      names,
      distinct: new Set(names).size,
      isBatch: sent.some((value) => Array.isArray(value) && value.length > 1),
    }
  })
}

function valuesOf({ valueHashes, sql, params }: Query): readonly unknown[] {
  return valueHashes ?? statementValues(sql, params)
}

/** Offsets of each `?` that is not part of a quoted name. */
function placeholders(text: string): number[] {
  return [...text.matchAll(/"(?:[^"]|"")*"|\?/g)].filter(([found]) => found === '?').map(({ index }) => index)
}

/** `"orders"."id" = ` */
const COLUMN_BEFORE = /((?:(?:"[^"]+"|[\w$]+)\.)*(?:"[^"]+"|[\w$]+))\s*(?:=|<|>|<=|>=|in \(|= any ?\()\s*$/i

function roleOf(before: string): Slot['role'] {
  if (/\b(limit|offset|fetch (first|next))\s*$/i.test(before)) return 'page'
  if (/[<>]=?\s*(\((\?,\s*)*)?$/.test(before)) return 'range'
  if (/=\s*$/.test(before)) return 'equals'
  if (/\b(in ?|= ?any ?)\(\s*$/i.test(before)) return 'list'
  return 'other'
}
