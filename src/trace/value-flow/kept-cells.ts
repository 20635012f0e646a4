// The part of a result that a trace keeps until it closes: the cells of its first rows, column by column, as they were when
// the rows arrived. Later changes of the rows by the application have no effect here. Cells are references, so a long text
// costs no more than a number. Documents (JSON, arrays) can be changed in place, so the values inside of them are noted at
// once, up to a limit.
import type { DriverField } from '../query-recording.ts'

/** The cells of one column, or those of one path within the documents of a column. */
export interface CellColumn {
  position: number
  /** Keys and positions inside a document, collapsed over its lists; empty for the column itself. It may hold data. */
  path: string
  /** `posts[]` of whatever stands inside the documents of `posts`: their own keys may be data. */
  name: string
  cells: readonly unknown[]
  /** The row of each cell. Absent when each row has one cell. */
  rows?: readonly number[]
}

interface Portion {
  /** Rows until here. */
  end: number
  after: number
}

/** Values inside the documents of one result; what is beyond is followed nowhere. */
const NESTED_CELLS = 10_000

export class KeptCells {
  rowCount = 0
  readonly #fields: readonly DriverField[] | undefined
  readonly #columns: unknown[][] = []
  readonly #nested = new Map<string, { position: number; path: string; cells: unknown[]; rows: number[] }>()
  readonly #portions: Portion[] = []
  #nestedLeft = NESTED_CELLS

  constructor(fields: readonly DriverField[] | undefined) {
    this.#fields = fields
  }

  /** Notes a row that arrives when so many queries of its trace have begun. */
  add(row: unknown, after: number): void {
    const portion = this.#portions.at(-1)
    if (portion?.after === after) portion.end++
    else this.#portions.push({ end: this.rowCount + 1, after })
    const cells = Array.isArray(row) ? (row as readonly unknown[]) : undefined
    const width = this.#fields?.length ?? cells?.length ?? 0
    for (let position = 0; position < width; position++) {
      const cell = cells
        ? cells[position]
        : (row as Record<string, unknown>)[this.#fields?.[position]?.name ?? '']
      this.#columns[position] ??= []
      ;(this.#columns[position] as unknown[])[this.rowCount] = cell
      if (typeof cell === 'object' && cell !== null) this.#addNested(cell, position, this.rowCount)
    }
    this.rowCount++
  }

  /** How many queries of the trace had begun when the row arrived. */
  arrivedAfter(row: number): number {
    const portions = this.#portions
    let from = 0
    let to = portions.length - 1
    while (from < to) {
      const middle = (from + to) >> 1
      if ((portions[middle] as Portion).end > row) to = middle
      else from = middle + 1
    }
    return portions[from]?.after ?? Number.POSITIVE_INFINITY
  }

  row(index: number): unknown[] {
    return this.#columns.map((cells) => cells[index])
  }

  /** The columns, and those within their documents. */
  columns(): readonly CellColumn[] {
    this.#readTexts()
    const nested = [...this.#nested.values()].map((column) => ({
      ...column,
      name: `${this.#nameOf(column.position)}[]`,
    }))
    return [
      ...this.#columns.map((cells, position) => ({
        position,
        path: '',
        name: this.#nameOf(position),
        cells,
      })),
      ...nested,
    ]
  }

  #nameOf(position: number): string {
    return this.#fields?.[position]?.name ?? String(position)
  }

  /** Some drivers leave JSON as text, which nobody can change, so it is read no earlier than somebody asks. */
  #readTexts(): void {
    this.#fields?.forEach(({ dataTypeID }, position) => {
      if (dataTypeID === undefined || !JSON_TYPES.has(dataTypeID)) return
      this.#columns[position]?.forEach((cell, row) => {
        if (typeof cell !== 'string' || cell.length > LONGEST_DOCUMENT || this.#nestedLeft <= 0) return
        const document = parse(cell)
        if (typeof document === 'object' && document !== null) this.#addNested(document, position, row)
      })
    })
  }

  #addNested(document: object, position: number, row: number): void {
    visitScalars(document, '', 0, (value, path) => {
      if (this.#nestedLeft-- <= 0) return false
      const key = `${position}${path}`
      const column = this.#nested.get(key)
      if (column) {
        column.cells.push(value)
        column.rows.push(row)
      } else {
        this.#nested.set(key, { position, path, cells: [value], rows: [row] })
      }
      return true
    })
  }
}

/** json and jsonb */
const JSON_TYPES: ReadonlySet<number> = new Set([114, 3802])
/** Longer ones are no rows that somebody loops over. */
const LONGEST_DOCUMENT = 256 * 1024
/** Rows of rows of rows; deeper documents are no results of joins. */
const DEPTH = 6

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Stops as soon as `visit` says so. Returns whether to go on. */
function visitScalars(
  value: unknown,
  path: string,
  depth: number,
  visit: (value: unknown, path: string) => boolean,
): boolean {
  if (typeof value !== 'object' || value === null) {
    return value === null || value === undefined || visit(value, path || '[]')
  }
  if (depth > DEPTH) return true
  const inside = (item: unknown, key: string | number) =>
    visitScalars(item, `${path}.${key}`, depth + 1, visit)
  if (Array.isArray(value)) {
    if (isTuple(value)) return value.every(inside)
    return value.every((item) =>
      // A row as an array: its columns are told apart by their positions.
      Array.isArray(item)
        ? item.every((cell, at) => visitScalars(cell, `${path}.${at}`, depth + 1, visit))
        : visitScalars(item, path, depth + 1, visit),
    )
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return true
  for (const key in value) if (!inside((value as Record<string, unknown>)[key], key)) return false
  return true
}

/** Values of several types are the columns of one row; those of one type are a list. */
function isTuple(values: readonly unknown[]): boolean {
  let type: string | undefined
  for (const value of values) {
    if (value === null || value === undefined) continue
    if (type !== undefined && type !== typeof value) return true
    type = typeof value
  }
  return false
}
