// The values of a statement in the order of the `?` in its fingerprint's text, wherever they were written: as parameters or
// as literals in the SQL. So the values of `id = 42` and of `id = $1` with 42 can be compared.

import { normalize } from './normalize.ts'
import type { Slot } from './piece-stream.ts'
import { createTextCache } from './text-cache.ts'

export type StatementValue = unknown | readonly unknown[]

/** Where the values of a statement are does not change; what is kept here holds the literals of the text, as its key does. */
const cache = createTextCache<readonly Slot[]>({
  entries: 4_096,
  bytes: 8 * 1024 * 1024,
  // For the text and the slots that hold its literals.
  bytesPerCharacter: 8,
  bytesPerEntry: 200,
})

/**
 * One entry for each `?` of the fingerprint's text. A parameter's value is given as it is; literals as strings
 * (`42`, `'it''s'`), `true`, `false` or `null`; an array stands for a list: IN, ARRAY[…], and VALUES with more than
 * one row, whose lists go down the columns. What has no value (DEFAULT, a parameter that was not passed) is undefined.
 */
export function statementValues(sql: string, params: readonly unknown[] = []): readonly StatementValue[] {
  if (typeof sql !== 'string') return []
  const slots = statementSlots(sql)
  const values = new Array<StatementValue>(slots.length)
  for (let at = 0; at < slots.length; at++) values[at] = slotValue(slots[at] as Slot, params)
  return values
}

export function statementSlots(sql: string): readonly Slot[] {
  let slots = cache.get(sql)
  if (slots === undefined) {
    slots = normalize(sql, true).slots
    cache.set(sql, slots)
  }
  return slots
}

function slotValue(slot: Slot, params: readonly unknown[]): StatementValue {
  if (typeof slot === 'number') return params[slot - 1]
  if ('value' in slot) return slot.value
  if ('of' in slot) return slotValue(slot.of, params)
  return slot.map((item) => slotValue(item, params))
}
