// The values of a statement in the order of the `?` in its fingerprint's text, whether they were given as parameters or
// written as literals. The values of `id = 42` and of `id = $1` with 42 can thus be compared.

import { normalize } from './normalize.ts'
import type { ValueSource } from './piece-stream.ts'
import { createTextCache } from './text-cache.ts'

export type StatementValue = unknown | readonly unknown[]

/** The positions of a statement's values are constant. An entry contains the literals of the text, as its key does. */
const cache = createTextCache<readonly ValueSource[]>({
  entries: 4_096,
  bytes: 8 * 1024 * 1024,
  // Bytes of one entry per character: the text, and the slots that contain its literals.
  bytesPerCharacter: 8,
  bytesPerEntry: 200,
})

/**
 * One entry for each `?` of the fingerprint's text. A parameter's value is returned unchanged. Literals are strings (`42`,
 * `'it''s'`), `true`, `false` or `null`. An array stands for a list: IN, ARRAY[…], or VALUES with more than one row, which
 * has one list for each column. Values that are not known (DEFAULT, a missing parameter) are undefined.
 */
export function statementValues(sql: string, params: readonly unknown[] = []): readonly StatementValue[] {
  if (typeof sql !== 'string') return []
  const slots = statementSlots(sql)
  const values = new Array<StatementValue>(slots.length)
  for (let at = 0; at < slots.length; at++) values[at] = slotValue(slots[at] as ValueSource, params)
  return values
}

export function statementSlots(sql: string): readonly ValueSource[] {
  let slots = cache.get(sql)
  if (slots === undefined) {
    slots = normalize(sql, true).slots
    cache.set(sql, slots)
  }
  return slots
}

function slotValue(slot: ValueSource, params: readonly unknown[]): StatementValue {
  if (typeof slot === 'number') return params[slot - 1]
  if ('value' in slot) return slot.value
  if ('of' in slot) return slotValue(slot.of, params)
  return slot.map((item) => slotValue(item, params))
}
