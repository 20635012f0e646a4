// How many bytes PostgreSQL sends for a value, about: its text, and four bytes for the length. Estimated from what the
// driver made of it, and cheaply: of large arrays and objects a part is measured and taken for the whole.
import { types } from 'node:util'

/** Text is sent with its length before it. */
const LENGTH_BYTES = 4
/** `2026-01-05 08:00:00.123+00` */
const TIMESTAMP_BYTES = 26
/** Elements of an array, or entries of an object, that are measured. */
const MEASURED = 20
const DEEPEST = 6

export function valueBytes(value: unknown): number {
  return LENGTH_BYTES + textBytes(value, 0)
}

function textBytes(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value)
    case 'number':
    case 'bigint':
      return String(value).length
    case 'boolean':
      return 1
    case 'object':
      return value === null ? 0 : objectBytes(value, depth)
    default:
      return 0
  }
}

function objectBytes(value: object, depth: number): number {
  if (types.isDate(value)) return TIMESTAMP_BYTES
  // bytea is sent as text: `\x`, and two digits for each byte.
  if (value instanceof Uint8Array) return 2 + 2 * value.byteLength
  if (depth >= DEEPEST) return 0
  if (Array.isArray(value)) return partsBytes(value.length, (index) => textBytes(value[index], depth + 1) + 1)
  const entries = Object.entries(value)
  return partsBytes(entries.length, (index) => {
    const [name = '', part] = entries[index] ?? []
    return Buffer.byteLength(name) + 4 + textBytes(part, depth + 1)
  })
}

function partsBytes(count: number, bytesOf: (index: number) => number): number {
  const measured = Math.min(count, MEASURED)
  let bytes = 0
  for (let index = 0; index < measured; index++) bytes += bytesOf(index)
  return 2 + (measured > 0 ? (bytes / measured) * count : 0)
}
