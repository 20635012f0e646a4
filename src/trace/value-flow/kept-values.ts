// The parameters and results that a trace keeps until it closes, so that their values can be followed, and the limits on
// them. The sizes are rough estimates that cost almost nothing.
import type { TraceCut } from '../../types/trace.ts'

export interface ValueLimits {
  /** Maximum size of parameters and results together. */
  bytesPerTrace: number
  /** Maximum size of one parameter. */
  bytesPerValue: number
}

/** Stands for a value that was not kept. It is equal to nothing but itself. */
export class UnkeptValue {
  static #count = 0
  readonly bytes: number
  /** No text of a value equals it. */
  readonly name = `\0unkept ${++UnkeptValue.#count}`

  constructor(bytes: number) {
    this.bytes = bytes
  }
}

export class KeptValues {
  readonly #limits: ValueLimits
  readonly #cut: TraceCut
  #bytes = 0

  constructor(limits: ValueLimits, cut: TraceCut) {
    this.#limits = limits
    this.#cut = cut
  }

  /** The remaining size. */
  get bytesLeft(): number {
    return Math.max(0, this.#limits.bytesPerTrace - this.#bytes)
  }

  /** The parameters, with something in the place of those that are too large, or one too many. */
  params(params: readonly unknown[] | undefined): readonly unknown[] | undefined {
    if (!params || params.length === 0) return params
    const { bytesPerValue } = this.#limits
    let bytes = 0
    let isKept = true
    for (const value of params) {
      bytes += roughBytes(value)
      isKept &&= largestPart(value) <= bytesPerValue
    }
    if (isKept && bytes <= this.bytesLeft) {
      this.#bytes += bytes
      return params
    }
    this.#cut.values = (this.#cut.values ?? 0) + 1
    return params.map((value) => this.#param(value))
  }

  #param(value: unknown): unknown {
    const bytes = roughBytes(value)
    if (bytes <= this.bytesLeft && largestPart(value) <= this.#limits.bytesPerValue) {
      this.#bytes += bytes
      return value
    }
    const unkept = new UnkeptValue(bytes)
    // A list stays a list, because it asks for many rows at once.
    return Array.isArray(value) && value.length > 1 ? [unkept, unkept] : unkept
  }

  /** How many of these rows may be kept; `bytesPerRow` is what they took on the wire, where that is known. */
  takeRows(rows: readonly unknown[], most: number, bytesPerRow: number | undefined): number {
    const perRow = Math.max(1, bytesPerRow ?? roughRowBytes(rows[0]))
    const count = Math.min(rows.length, most, Math.floor(this.bytesLeft / perRow))
    this.#bytes += count * perRow
    return count
  }

  /** Only some rows of the result were kept. */
  countCutResult(): void {
    this.#cut.results = (this.#cut.results ?? 0) + 1
  }
}

/** Numbers, dates, and what is not looked into. */
const SMALL = 16
/** V8 takes two bytes for a character that is not Latin. */
const BYTES_PER_CHARACTER = 2

function roughBytes(value: unknown): number {
  if (typeof value === 'string') return value.length * BYTES_PER_CHARACTER
  if (typeof value !== 'object' || value === null) return SMALL
  if (value instanceof Uint8Array) return value.byteLength
  if (!Array.isArray(value)) return SMALL
  let bytes = SMALL
  for (const item of value) bytes += roughBytes(item)
  return bytes
}

function largestPart(value: unknown): number {
  if (!Array.isArray(value)) return roughBytes(value)
  let largest = 0
  for (const item of value) largest = Math.max(largest, roughBytes(item))
  return largest
}

function roughRowBytes(row: unknown): number {
  if (typeof row !== 'object' || row === null) return SMALL
  return Object.values(row).reduce((sum: number, value) => sum + roughBytes(value), SMALL)
}
