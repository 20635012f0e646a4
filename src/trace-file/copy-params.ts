// Parameters as JSON can hold them, for the recording of somebody who asked for values. Taken when the trace closes: an
// application may use the same arrays again.

import { types } from 'node:util'
import { UnkeptValue } from '../trace/value-flow/kept-values.ts'
import type { Params } from './format-trace.ts'

/** For each query its parameters; undefined where it was sent without any. */
export function copyParams(queries: readonly { params?: readonly unknown[] }[]): Params[] {
  return queries.map(({ params }) => params?.map(copyValue))
}

function copyValue(value: unknown): unknown {
  if (value instanceof UnkeptValue) return `(value ${value.name.slice(1)}: ${value.bytes} bytes)`
  if (Array.isArray(value)) return value.map(copyValue)
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (typeof value !== 'object' || value === null) return value
  try {
    return JSON.parse(JSON.stringify(value))
  } catch {
    return null
  }
}
