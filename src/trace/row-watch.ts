// Hears which columns of a row the application reads. Each column of a watched row becomes an accessor of the row's own:
// a proxy, or getters on a prototype, would be noticed by structuredClone, v8.serialize and deep comparisons. Watched are
// plain, extensible objects only. There is no `toJSON`: libraries ask for one, and reading all columns in order tells as much.
import { inspect } from 'node:util'
import { evenlySpaced } from './evenly-spaced.ts'

/** The keys of a row under which rows are nested, one or a list of them; every other key is a column. */
export interface RowShape {
  readonly [key: string]: RowShape
}

/** What has been read of the watched rows of one result. */
export interface ReadLog {
  /** Numbers of the columns by their path, `title` or `posts.title`. */
  readonly columns: Map<string, number>
  /** How often each column was read by its name. */
  readonly reads: number[]
  /** Columns that were read as part of a whole row: by a spread, a clone, JSON. */
  readonly copied: boolean[]
  /** Numbers of the rows of which anything was read. */
  readonly touched: Set<number>
  /** The watched objects of which the values are measured. */
  readonly objects: { object: Row; row: number; keys: readonly string[]; numbers: readonly number[] }[]
  /** Called, once it is set, when a column is read that was not before. */
  onNews?: () => void
}

type Row = Record<string, unknown>

export function newReadLog(): ReadLog {
  return { columns: new Map(), reads: [], copied: [], touched: new Set(), objects: [] }
}

/** Of so many rows of a nested list the reads are heard, whatever the number of rows they are nested in. */
const NESTED_ROWS = 16

let silent = false

/** While pg-loupe itself reads rows, nothing is noted. */
export function withoutNoting<T>(read: () => T): T {
  const before = silent
  silent = true
  try {
    return read()
  } finally {
    silent = before
  }
}

/** Watches the row and those nested in it. Returns whether nothing of them is left out. */
export function watchRow(
  value: unknown,
  row: number,
  log: ReadLog,
  shape: RowShape = {},
  nestedRows = NESTED_ROWS,
  prefix = '',
): boolean {
  if (!isWatchable(value)) return false
  const names = Object.keys(value)
  const keys = names.filter((name) => !Object.hasOwn(shape, name))
  let isWhole = true
  for (const name of names) {
    const nestedShape = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (!nestedShape) continue
    const nested = listOf(value[name])
    const chosen = evenlySpaced(nested.length, nestedRows)
    if (chosen.length < nested.length) isWhole = false
    for (const index of chosen) {
      const path = `${prefix}${name}.`
      if (!watchRow(nested[index], row, log, nestedShape, nestedRows, path)) isWhole = false
    }
  }
  return watchColumns(value, keys, row, log, prefix) && isWhole
}

function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function isWatchable(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.isExtensible(value) && !Object.hasOwn(value, inspect.custom)
}

function watchColumns(
  object: Row,
  keys: readonly string[],
  row: number,
  log: ReadLog,
  prefix: string,
): boolean {
  const values = keys.map((key) => Object.getOwnPropertyDescriptor(object, key))
  if (
    !values.every((property) => property && 'value' in property && property.writable && property.configurable)
  )
    return false
  const numbers = keys.map((key) => numberOf(log, prefix + key))
  const note = noteReads(numbers, row, log)
  const getters = keys.map((key, position) => {
    let value: unknown = values[position]?.value
    const get = () => {
      if (!silent) note(position)
      return value
    }
    Object.defineProperty(object, key, {
      get,
      set(this: object, next: unknown) {
        if (setPlain(this, key, next)) return
        if (this !== object || Object.isFrozen(object))
          throw new TypeError(`Cannot assign to read only property '${key}' of object '#<Object>'`)
        // Sealed: it cannot become a plain property any more.
        value = next
      },
      enumerable: true,
      configurable: true,
    })
    return get
  })
  // Not enumerable, and writable, so that a sealed row is not taken for a frozen one.
  Object.defineProperty(object, inspect.custom, {
    value(this: Row) {
      for (const number of numbers) log.copied[number] = true
      if (numbers.length > 0) log.touched.add(row)
      return withoutNoting(() => toPlain(this, keys, getters))
    },
    writable: true,
    configurable: true,
  })
  log.objects.push({ object, row, keys, numbers })
  return true
}

function numberOf(log: ReadLog, path: string): number {
  const known = log.columns.get(path)
  if (known !== undefined) return known
  log.columns.set(path, log.reads.length)
  log.copied.push(false)
  return log.reads.push(0) - 1
}

/**
 * Notes the reads of one object. When all of its columns have been read one after the other, in their order, then it was
 * copied: what counted as reads by name until then does not any more. A rest pattern leaves out what it has read before.
 */
function noteReads(numbers: readonly number[], row: number, log: ReadLog): (position: number) => void {
  const { reads, copied, touched } = log
  let inOrder: number[] = []
  let next = 0
  const isRead = (position: number) => (reads[numbers[position] ?? -1] ?? 0) > 0

  return (position) => {
    const number = numbers[position] ?? -1
    if (log.onNews && !isRead(position) && !copied[number]) log.onNews()
    touched.add(row)
    if (position < next) next = 0
    if (next === 0) inOrder = []
    while (next < position && isRead(next)) next++
    reads[number] = (reads[number] ?? 0) + 1
    if (next !== position) {
      next = 0
      return
    }
    inOrder.push(number)
    next++
    if (next < numbers.length || inOrder.length < 2) return
    for (const one of inOrder) {
      reads[one] = (reads[one] ?? 1) - 1
      copied[one] = true
    }
    next = 0
  }
}

function setPlain(object: object, key: string, value: unknown): boolean {
  return Reflect.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Who prints a row gets the very row, as it would be without us; one that was frozen meanwhile as a copy. */
function toPlain(object: Row, keys: readonly string[], getters: readonly (() => unknown)[]): Row {
  const watched = keys.filter(
    (key, position) => Object.getOwnPropertyDescriptor(object, key)?.get === getters[position],
  )
  const isRestored = watched.every((key) => setPlain(object, key, object[key]))
  if (isRestored && Reflect.deleteProperty(object, inspect.custom)) return object
  const copy = Object.create(Object.getPrototypeOf(object))
  for (const key of Object.keys(object)) setPlain(copy, key, object[key])
  return copy
}
