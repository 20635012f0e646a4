// The places of values in a statement, and their values in each execution. Detectors use them to distinguish a lookup by key
// from the next page and from a batch.
import { type Placeholder, readPlaceholders, statementValues } from '../sql/index.ts'
import type { Query } from '../types/query.ts'

export interface Slot extends Placeholder {
  /** Position among the values. */
  position: number
  /** A name of the value for each sending; equal values have equal names. */
  names: readonly string[]
  distinct: number
  /** Several values at once: `IN (…)` or an array of more than one element. */
  isBatch: boolean
  /** How many values each time. */
  sizes: readonly number[]
  /** The name of the value where it is one, or the same again and again in a list. */
  owners: readonly (string | undefined)[]
}

/** Empty when values and `?` cannot be matched, or no values are known. */
export function readSlots(text: string, queries: readonly Query[]): Slot[] {
  const placeholders = readPlaceholders(text)
  const values = queries.map(readValues)
  if (values.some((sent) => sent.length !== placeholders.length)) return []
  return placeholders.map((placeholder, position) => {
    const sent = values.map((all) => all[position])
    const names = sent.map((value) =>
      JSON.stringify(Array.isArray(value) && value.length === 1 ? value[0] : value),
    )
    return {
      ...placeholder,
      position,
      names,
      distinct: new Set(names).size,
      isBatch: sent.some((value) => Array.isArray(value) && value.length > 1),
      sizes: sent.map((value) => (Array.isArray(value) ? value.length : 1)),
      owners: sent.map(ownerOf),
    }
  })
}

function ownerOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return JSON.stringify(value)
  const [first] = value
  return value.length > 0 && value.every((one) => one === first) ? JSON.stringify(first) : undefined
}

/** In the order of the fingerprint's `?`; where they are dropped, names of them. */
export function readValues({ valueHashes, sql, params }: Query): readonly unknown[] {
  return valueHashes ?? statementValues(sql, params)
}

/** In how many different ways the slots were filled, taken together. */
export function countTuples(slots: readonly Slot[]): number {
  const [first] = slots
  return new Set(first?.names.map((_, sending) => slots.map(({ names }) => names[sending]).join(' '))).size
}
