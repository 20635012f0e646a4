// One text for what the application and the database mean by the same value: the id 7 of a row is the '7' of a bigint
// column and the 7 of a parameter. Only compared with each other, never shown.
import { types } from 'node:util'
import { UnkeptValue } from './kept-values.ts'

/** No text of a value equals it. */
export const NULL = '\0null'

export function canonicalValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? NULL : canonicalObject(value)
    default:
      return NULL
  }
}

function canonicalObject(value: object): string {
  if (value instanceof UnkeptValue) return value.name
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? NULL : value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  try {
    return JSON.stringify(value)
  } catch {
    return NULL
  }
}

/** Longer cells are documents; nobody asks for rows by them. */
const LONGEST_CELL = 64 * 1024

/** The text of a value in a row; one that is too long to be looked for is none. */
export function cellText(value: unknown): string {
  if (typeof value === 'string') return value.length > LONGEST_CELL ? NULL : value
  return value instanceof Uint8Array && value.byteLength > LONGEST_CELL ? NULL : canonicalValue(value)
}
