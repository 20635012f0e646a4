// Finds the end of a type name after `::`, so that a cast written on a literal can be dropped with it. Only words that
// PostgreSQL's grammar allows in a type name are accepted: the type in `$1::date in (…)` is `date`.

import { NUMBER, QUOTED, type Tokens, WORD } from './lexer.ts'

const INTERVAL_FIELDS = new Set(['year', 'month', 'day', 'hour', 'minute', 'second'])
const BEFORE_VARYING = new Set(['character', 'char', 'nchar', 'bit'])

/** Number of tokens to look ahead: more than any type has, but few. */
const MOST_NAMES = 8
const MOST_MODIFIERS = 16
const MOST_BOUNDS = 18
/** Maximum number of tokens in a type name. */
export const LONGEST_TYPE_NAME = 64

/** Index of the first token after the type name that starts at `from`, or `from` itself when no type name starts there. */
export function endOfTypeName(sql: string, tokens: Tokens, from: number): number {
  if (!isName(tokens, from)) return from
  let at = from
  let name = wordAt(sql, tokens, at++)
  if (name === 'setof') {
    if (!isName(tokens, at)) return from
    name = wordAt(sql, tokens, at++)
  }
  const lastName = at + MOST_NAMES
  while (at < lastName && isChar(sql, tokens, at, 46) && isName(tokens, at + 1)) {
    name = ''
    at += 2
  }
  if (HAS_MORE_WORDS.has(name)) at = endOfWords(sql, tokens, name, at)
  at = endOfModifiers(sql, tokens, at)
  if (name === 'time' || name === 'timestamp') {
    const kind = wordAt(sql, tokens, at)
    const isZone = wordAt(sql, tokens, at + 1) === 'time' && wordAt(sql, tokens, at + 2) === 'zone'
    if ((kind === 'with' || kind === 'without') && isZone) at += 3
  }
  if (wordAt(sql, tokens, at) === 'array') at++
  const lastBound = at + MOST_BOUNDS
  while (at < lastBound && isChar(sql, tokens, at, 91)) {
    if (isChar(sql, tokens, at + 1, 93)) at += 2
    else if (isNumber(tokens, at + 1) && isChar(sql, tokens, at + 2, 93)) at += 3
    else break
  }
  return at
}

const HAS_MORE_WORDS = new Set(['double', 'national', 'interval', ...BEFORE_VARYING])

/** Types of several words: `double precision`, `national character varying`, `interval day to second`. */
function endOfWords(sql: string, tokens: Tokens, first: string, from: number): number {
  let name = first
  let at = from
  if (name === 'double' && wordAt(sql, tokens, at) === 'precision') at++
  if (name === 'national') {
    const next = wordAt(sql, tokens, at)
    if (next === 'character' || next === 'char') {
      name = next
      at++
    }
  }
  if (BEFORE_VARYING.has(name) && wordAt(sql, tokens, at) === 'varying') at++
  if (name === 'interval' && INTERVAL_FIELDS.has(wordAt(sql, tokens, at))) {
    at++
    if (wordAt(sql, tokens, at) === 'to' && INTERVAL_FIELDS.has(wordAt(sql, tokens, at + 1))) at += 2
  }
  return at
}

/** Modifiers such as `(10, 2)`, which contain only numbers and names. */
function endOfModifiers(sql: string, tokens: Tokens, start: number): number {
  if (!isChar(sql, tokens, start, 40)) return start
  let end = start + 1
  while (
    end < start + MOST_MODIFIERS &&
    (isNumber(tokens, end) || isName(tokens, end) || isChar(sql, tokens, end, 44))
  )
    end++
  return isChar(sql, tokens, end, 41) ? end + 1 : start
}

// This code uses no closures, because it runs for most statements of an ORM and creating them would dominate its cost.

function wordAt(sql: string, { count, kinds, starts, ends }: Tokens, at: number): string {
  return at < count && kinds[at] === WORD ? sql.slice(starts[at], ends[at]).toLowerCase() : ''
}

function isChar(sql: string, { count, starts, ends }: Tokens, at: number, code: number): boolean {
  if (at >= count) return false
  const start = starts[at] as number
  return sql.charCodeAt(start) === code && (ends[at] as number) - start === 1
}

function isName({ count, kinds }: Tokens, at: number): boolean {
  return at < count && (kinds[at] === WORD || kinds[at] === QUOTED)
}

function isNumber({ count, kinds }: Tokens, at: number): boolean {
  return at < count && kinds[at] === NUMBER
}
