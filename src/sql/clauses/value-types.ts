// Reads the type of each value from a statement: the casts written on it, and the kind of a literal. The fingerprint's text
// does not contain them, but a statement that is to be run needs them.

import type { ValueSource } from '../fingerprint/piece-stream.ts'
import { statementSlots } from '../fingerprint/statement-values.ts'

export interface ValueType {
  /** The cast as written, such as `::uuid`, or empty. Undefined when the cast may contain data and must not be shown. */
  cast: string | undefined
  /** The kind of a literal. Absent for parameters. */
  literal?: 'integer' | 'decimal' | 'boolean' | 'string' | 'null' | 'default'
}

/** One entry for each `?` of the fingerprint's text. A list has the type of its first element. */
export function valueTypes(sql: string): readonly ValueType[] {
  return statementSlots(sql).map((slot) => typeOf(slot))
}

function typeOf(slot: ValueSource): ValueType {
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

/** A comment inside a cast could contain any text. */
const TYPE_NAMES = /^[\w :."(),[\]]+$/
