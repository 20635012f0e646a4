// The rows of the list in the order of their arrival. The oldest ones are displaced by newer ones, except for those that are
// pinned. Adding one costs the same however many there are.
import type { RequestRow } from '../panel-api.ts'

export interface RequestLimits {
  /** Rows that are not pinned. */
  requests: number
  /** Characters of all rows that are not pinned. */
  requestCharacters: number
  pins: number
}

export class StoredRequests {
  readonly #limits: RequestLimits
  readonly #displaced: (row: RequestRow) => void
  readonly #byId = new Map<string, RequestRow>()
  /** Oldest first, from `#start` on. The places before it are empty. */
  #rows: (RequestRow | undefined)[] = []
  #start = 0
  #characters = 0
  /** Rows that were pinned, whether or not they would have been displaced since. */
  readonly #pinned = new Map<string, RequestRow>()
  /** Pinned rows that newer ones have displaced, in the order of their arrival. */
  #outlasting: RequestRow[] = []

  constructor(limits: RequestLimits, displaced: (row: RequestRow) => void) {
    this.#limits = limits
    this.#displaced = displaced
  }

  get count(): number {
    return this.#byId.size
  }

  countWithoutQueries(): number {
    let number = 0
    for (const { queries } of this.#byId.values()) if (queries === 0) number++
    return number
  }

  get(id: string): RequestRow | undefined {
    return this.#byId.get(id)
  }

  add(row: RequestRow): void {
    this.#byId.set(row.id, row)
    this.#rows.push(row)
    this.#characters += sizeOf(row)
    while (
      this.#rows.length - this.#start > this.#limits.requests ||
      this.#characters > this.#limits.requestCharacters
    )
      this.#displaceOldest()
  }

  /** Returns false when too many rows are pinned. */
  pin(row: RequestRow): boolean {
    if (this.#pinned.has(row.id)) return true
    if (this.#pinned.size >= this.#limits.pins) return false
    this.#pinned.set(row.id, row)
    row.pinned = true
    return true
  }

  unpin(row: RequestRow): void {
    if (!this.#pinned.delete(row.id)) return
    delete row.pinned
    if (!this.#outlasting.includes(row)) return
    this.#outlasting = this.#outlasting.filter((other) => other !== row)
    this.#drop(row)
  }

  /** Rows with a larger number, oldest first. */
  *after(number: number): Generator<RequestRow> {
    for (const row of this.#outlasting) if (row.number > number) yield row
    for (let at = this.#firstAfter(number); at < this.#rows.length; at++) {
      const row = this.#rows[at]
      if (row) yield row
    }
  }

  /** Rows with a smaller number, newest first. */
  *before(number: number): Generator<RequestRow> {
    for (let at = this.#firstAfter(number - 1) - 1; at >= this.#start; at--) {
      const row = this.#rows[at]
      if (row) yield row
    }
    for (const row of this.#outlasting.toReversed()) if (row.number < number) yield row
  }

  /** Numbers follow each other without a gap. */
  #firstAfter(number: number): number {
    const oldest = this.#rows[this.#start]
    if (!oldest) return this.#start
    const at = this.#start + number + 1 - oldest.number
    return Math.min(this.#rows.length, Math.max(this.#start, at))
  }

  #displaceOldest(): void {
    const row = this.#rows[this.#start]
    this.#rows[this.#start] = undefined
    this.#start++
    if (this.#start > this.#limits.requests) {
      this.#rows = this.#rows.slice(this.#start)
      this.#start = 0
    }
    if (!row) return
    this.#characters -= sizeOf(row)
    if (row.pinned) this.#outlasting.push(row)
    else this.#drop(row)
  }

  #drop(row: RequestRow): void {
    this.#byId.delete(row.id)
    this.#displaced(row)
  }
}

/** A row without its texts takes about as much memory as this many characters. */
const EMPTY_ROW = 300

function sizeOf({ route, findings }: RequestRow): number {
  return findings.reduce(
    (sum, { title, key }) => sum + EMPTY_ROW / 3 + title.length + key.length,
    EMPTY_ROW + route.length,
  )
}
