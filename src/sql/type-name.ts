// Finds the end of a type name behind `::`, so that a cast written directly on a literal can be dropped with it. Only the
// words PostgreSQL's grammar lets a type name consist of are taken: `$1::date in (…)` ends behind `date`.

import { NUMBER, QUOTED, type Tokens, WORD } from './lexer.ts'

const INTERVAL_FIELDS = new Set(['year', 'month', 'day', 'hour', 'minute', 'second'])

/** In tokens: more than any type has, and few enough to look ahead for. */
const MOST_NAMES = 8
const MOST_MODIFIERS = 16
const MOST_BOUNDS = 18
/** No type name is longer than this. */
export const LONGEST_TYPE_NAME = 64

/** Index of the first token behind the type name that starts at `from`; `from` itself when none starts there. */
export function endOfTypeName(sql: string, tokens: Tokens, from: number): number {
  const { kinds, starts, ends, count } = tokens
  const word = (at: number) =>
    at < count && kinds[at] === WORD ? sql.slice(starts[at], ends[at]).toLowerCase() : ''
  const isChar = (at: number, code: number) =>
    at < count &&
    sql.charCodeAt(starts[at] as number) === code &&
    (ends[at] as number) - (starts[at] as number) === 1
  const isName = (at: number) => at < count && (kinds[at] === WORD || kinds[at] === QUOTED)

  const isNumber = (at: number) => at < count && kinds[at] === NUMBER

  if (!isName(from)) return from
  let at = from
  if (word(at) === 'setof') at++
  if (!isName(at)) return from
  let name = word(at++)
  const lastName = at + MOST_NAMES
  while (at < lastName && isChar(at, 46) && isName(at + 1)) {
    name = ''
    at += 2
  }
  if (name === 'double' && word(at) === 'precision') at++
  if (name === 'national' && (word(at) === 'character' || word(at) === 'char')) name = word(at++)
  if (['character', 'char', 'nchar', 'bit'].includes(name) && word(at) === 'varying') at++
  if (name === 'interval' && INTERVAL_FIELDS.has(word(at))) {
    at++
    if (word(at) === 'to' && INTERVAL_FIELDS.has(word(at + 1))) at += 2
  }
  at = endOfModifiers(at)
  if ((name === 'time' || name === 'timestamp') && (word(at) === 'with' || word(at) === 'without')) {
    if (word(at + 1) === 'time' && word(at + 2) === 'zone') at += 3
  }
  if (word(at) === 'array') at++
  const lastBound = at + MOST_BOUNDS
  while (at < lastBound && isChar(at, 91)) {
    if (isChar(at + 1, 93)) at += 2
    else if (isNumber(at + 1) && isChar(at + 2, 93)) at += 3
    else break
  }
  return at

  /** `(10, 2)`: numbers and names only. */
  function endOfModifiers(start: number): number {
    if (!isChar(start, 40)) return start
    let end = start + 1
    while (end < start + MOST_MODIFIERS && (isNumber(end) || isName(end) || isChar(end, 44))) end++
    return isChar(end, 41) ? end + 1 : start
  }
}
