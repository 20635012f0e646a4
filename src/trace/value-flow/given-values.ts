// The values that the application knew before rows arrived. A value that a query was given (alone, in a list, in a document
// or in a pattern) did not originate in the rows that return it, and neither did a value that the unit of work was given from
// outside. If not all values of a query are known, every value in its rows may have been given.
import { fingerprint, readPlaceholders, statementValues } from '../../sql/index.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { UnkeptValue } from './kept-values.ts'
import { textOf } from './result-columns.ts'

/** The position of the first query that was given the value; infinite when none was. */
export type GivenBy = (text: string) => number

export function givenValues(
  queries: readonly RecordedQuery[],
  texts: ReadonlySet<string>,
  input: readonly unknown[] = [],
): GivenBy {
  const first = new Map<string, number>()
  const note = (text: string, index: number) => {
    if (texts.has(text) && !first.has(text)) first.set(text, index)
  }
  let partsOfInput = 0
  for (const part of partsOf(input, 0)) {
    // A value that was not examined may be any value.
    if (++partsOfInput > LARGEST_INPUT) return () => BEFORE_ALL
    note(textOf(part), BEFORE_ALL)
  }
  const pagesOf = memo((sql) => readPlaceholders(fingerprint(sql).text).map(({ role }) => PAGE.has(role)))
  queries.forEach((query, index) => {
    const pages = pagesOf(query.sql)
    let isKnown = query.sqlLength === undefined
    statementValues(query.sql, query.params).forEach((value, at) => {
      // How many rows are asked for tells nothing about what is in them.
      if (pages[at]) return
      for (const part of partsOf(value, 0)) {
        if (part instanceof UnkeptValue) isKnown = false
        else note(textOf(part), index)
      }
    })
    if (isKnown) return
    for (const { cells } of query.kept?.columns() ?? []) for (const cell of cells) note(textOf(cell), index)
  })
  return (text) => first.get(text) ?? Number.POSITIVE_INFINITY
}

/** Before the first query. */
const BEFORE_ALL = -1
/** Parts of the input that are looked at. A larger one is an upload, and reading it would hold up the event loop. */
const LARGEST_INPUT = 20_000

const PAGE: ReadonlySet<string> = new Set(['limit', 'offset'])
/** Documents are given whole; what is deeper is no list of keys. */
const DEPTH = 6

/** The value and all values inside of it. */
function* partsOf(value: unknown, depth: number): Generator<unknown> {
  yield value
  if (depth > DEPTH) return
  const inside = typeof value === 'string' ? insideText(value) : value
  if (Array.isArray(inside)) for (const item of inside) yield* partsOf(item, depth + 1)
  else if (isDocument(inside)) for (const item of Object.values(inside)) yield* partsOf(item, depth + 1)
}

/** The document in a JSON text, the elements in the text of an array, and the search text in a pattern. */
function insideText(text: string): unknown {
  const first = text[0]
  if (first === '[' || first === '{') {
    try {
      return JSON.parse(text)
    } catch {
      return first === '{' ? text.slice(1, -1).replaceAll('"', '').split(',') : undefined
    }
  }
  if (first === '%' || text.endsWith('%')) return [text.replaceAll('%', '')]
  return undefined
}

function isDocument(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function memo<Value>(make: (text: string) => Value): (text: string) => Value {
  const made = new Map<string, Value>()
  return (text) => {
    const known = made.get(text) ?? make(text)
    made.set(text, known)
    return known
  }
}
