// Records which columns of the watched rows of one result were read: by name, or as part of a row that was copied. It counts
// and judges nothing; row-watch.ts detects the reads.

export type Row = Record<string, unknown>

/** The recorded reads of the watched rows of one result. */
export interface ReadLog {
  /** Numbers of the columns by their path, `title` or `posts.title`. */
  readonly columns: Map<string, number>
  /** How often each column was read by its name. */
  readonly reads: number[]
  /** Columns that were read as part of a whole row: by a spread, a clone, JSON. */
  readonly copied: boolean[]
  /** Numbers of the rows of which anything was read. */
  readonly touched: Set<number>
  /** The objects that are watched. */
  readonly objects: WatchedObject[]
  /** By the path that leads to them. */
  readonly levels: Map<string, Level>
  /** Called, once it is set, when a column is read that was not before. */
  onNews?: () => void
}

/** The shared part of all objects under one path, created once. */
export interface Level {
  readonly keys: readonly string[]
  readonly numbers: readonly number[]
  readonly setters: readonly ((this: object, value: unknown) => void)[]
}

export interface WatchedObject {
  readonly object: Row
  readonly row: number
  readonly level: Level
  readonly values: unknown[]
  readonly getters: (() => unknown)[]
  /** Columns that have just been read one after the other, and the position that would go on with them. */
  inOrder: number[]
  next: number
}

export function newReadLog(): ReadLog {
  return { columns: new Map(), reads: [], copied: [], touched: new Set(), objects: [], levels: new Map() }
}

/** The number of a column, given to it when it is first met. */
export function numberOf(log: ReadLog, path: string): number {
  const known = log.columns.get(path)
  if (known !== undefined) return known
  log.columns.set(path, log.reads.length)
  log.copied.push(false)
  return log.reads.push(0) - 1
}

/**
 * Notes a read. When all columns of an object have been read one after the other, in their order, then it was copied: what
 * counted as reads by name until then does not any more. A rest pattern leaves out what it has read before.
 */
export function noteRead(watched: WatchedObject, position: number, log: ReadLog): void {
  const { reads, copied, touched } = log
  const { numbers } = watched.level
  const number = numbers[position] as number
  if (log.onNews && reads[number] === 0 && !copied[number]) log.onNews()
  touched.add(watched.row)
  if (position < watched.next) watched.next = 0
  if (watched.next === 0) watched.inOrder = []
  while (watched.next < position && reads[numbers[watched.next] as number] !== 0) watched.next++
  reads[number] = (reads[number] as number) + 1
  if (watched.next !== position) {
    watched.next = 0
    return
  }
  watched.inOrder.push(number)
  watched.next++
  if (watched.next < numbers.length || watched.inOrder.length < 2) return
  for (const one of watched.inOrder) {
    reads[one] = (reads[one] as number) - 1
    copied[one] = true
  }
  watched.next = 0
}

/** People may read everything in an object that is printed. */
export function noteCopy({ row, level: { numbers } }: WatchedObject, { copied, touched }: ReadLog): void {
  for (const number of numbers) copied[number] = true
  if (numbers.length > 0) touched.add(row)
}
