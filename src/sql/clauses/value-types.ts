// What a statement says of the type of each of its values, which the fingerprint's text leaves out: the casts written on
// them, and of literals their kind. Whoever writes a statement that can be run needs it back.

import type { Slot } from '../fingerprint/piece-stream.ts'
import { statementSlots } from '../fingerprint/statement-values.ts'

export interface ValueType {
  /** As written, such as `::uuid`; empty without one. Undefined where it cannot be shown. */
  cast: string | undefined
  /** Absent for parameters. */
  literal?: 'integer' | 'decimal' | 'boolean' | 'string' | 'null' | 'default'
}

/** One for each `?` of the fingerprint's text; of a list that of its first element. */
export function valueTypes(sql: string): readonly ValueType[] {
  return statementSlots(sql).map((slot) => typeOf(slot))
}

function typeOf(slot: Slot): ValueType {
  if (typeof slot === 'number') return { cast: '' }
  if (Array.isArray(slot)) return slot[0] === undefined ? { cast: '' } : typeOf(slot[0])
  if ('of' in slot) {
    const inner = typeOf(slot.of)
    return { ...inner, cast: TYPE_NAMES.test(slot.cast) ? `${inner.cast ?? ''}${slot.cast}` : undefined }
  }
  const { value, isNumber } = slot
  if (isNumber) return { cast: '', literal: /^-?\d+$/.test(String(value)) ? 'integer' : 'decimal' }
  if (value === undefined) return { cast: '', literal: 'default' }
  if (value === null) return { cast: '', literal: 'null' }
  return { cast: '', literal: typeof value === 'boolean' ? 'boolean' : 'string' }
}

/** A comment in the middle of a cast can hold anything. */
const TYPE_NAMES = /^[\w :."(),[\]]+$/
