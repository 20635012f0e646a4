// Hears which columns of a row the application reads. Each column of a watched row becomes an accessor of the row's own:
// a proxy, or getters on a prototype, would be noticed by structuredClone, v8.serialize and deep comparisons. Watched are
// plain, extensible objects only. There is no `toJSON`: libraries ask for one, and reading all columns in order tells as much.
import { inspect } from 'node:util'
import { evenlySpaced } from './evenly-spaced.ts'
import {
  type Level,
  noteCopy,
  noteRead,
  numberOf,
  type ReadLog,
  type Row,
  type WatchedObject,
} from './read-log.ts'

/** The keys of a row under which rows are nested, one or a list of them; every other key is a column. */
export interface RowShape {
  readonly [key: string]: RowShape
}

/** Maximum number of watched rows of a nested list, whatever the number of rows they are nested in. */
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
  if (keys.length < names.length) {
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
  }
  watchColumns(value, row, log, levelOf(log, prefix, keys))
  return isWhole
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

/** For who sets a column of a sealed row. */
const watchedObjects = new WeakMap<object, WatchedObject>()

function levelOf(log: ReadLog, prefix: string, keys: readonly string[]): Level {
  const known = log.levels.get(prefix)
  if (known && known.keys.length === keys.length && known.keys.every((key, i) => key === keys[i]))
    return known
  const level = {
    keys,
    numbers: keys.map((key) => numberOf(log, prefix + key)),
    setters: keys.map(setter),
  }
  log.levels.set(prefix, level)
  return level
}

function watchColumns(object: Row, row: number, log: ReadLog, level: Level): void {
  const watched: WatchedObject = { object, row, level, values: [], getters: [], inOrder: [], next: 0 }
  // One descriptor for all: there are thousands of cells, and making an object for each is most of the work.
  const property: PropertyDescriptor = { enumerable: true, configurable: true }
  const { keys, setters } = level
  for (let position = 0; position < keys.length; position++) {
    const key = keys[position] as string
    watched.values.push(object[key])
    property.get = getter(watched, position, log)
    property.set = setters[position] as (value: unknown) => void
    watched.getters.push(property.get)
    Object.defineProperty(object, key, property)
  }
  // Not enumerable, and writable, so that a sealed row is not taken for a frozen one.
  Object.defineProperty(object, inspect.custom, {
    value(this: Row) {
      return withoutNoting(() => print(this, watched, log))
    },
    writable: true,
    configurable: true,
  })
  watchedObjects.set(object, watched)
  log.objects.push(watched)
}

function getter(watched: WatchedObject, position: number, log: ReadLog): () => unknown {
  return () => {
    if (!silent) noteRead(watched, position, log)
    return watched.values[position]
  }
}

function setter(key: string, position: number): (this: object, value: unknown) => void {
  return function (value) {
    if (setPlain(this, key, value)) return
    const watched = watchedObjects.get(this)
    if (!watched || Object.isFrozen(this)) {
      throw new TypeError(`Cannot assign to read only property '${key}' of object '#<Object>'`)
    }
    // Sealed: it cannot become a plain property any more.
    watched.values[position] = value
  }
}

function setPlain(object: object, key: string, value: unknown): boolean {
  return Reflect.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Printing code gets the row itself, as without pg-loupe; for a row that was frozen in the meantime it gets a copy. */
function print(object: Row, watched: WatchedObject, log: ReadLog): Row {
  noteCopy(watched, log)
  const { level, getters } = watched
  const keys = level.keys.filter(
    (key, position) => Object.getOwnPropertyDescriptor(object, key)?.get === getters[position],
  )
  const isRestored = keys.every((key) => setPlain(object, key, object[key]))
  if (isRestored && Reflect.deleteProperty(object, inspect.custom)) return object
  const copy = Object.create(Object.getPrototypeOf(object))
  for (const key of Object.keys(object)) setPlain(copy, key, object[key])
  return copy
}
