// Names in a statement that a program has built from its data: savepoints, cursors, prepared statements and channels with a
// number in them, and labels after AS that contain an address or a number. Names that a developer writes are short and
// consist of words. Names of tables, columns and schemas are never examined, because they belong to the database.

import { QUOTED, type Tokens, WORD } from './lexer.ts'
import { unicodeText } from './literal-value.ts'

/** Maximum length of a label that is written by hand. */
const LONGEST_NAME = 48
/** Names written by hand, such as `sha256` and `address_line_2`, have fewer digits than an id or a price. */
const DIGITS_OF_DATA = 4
/** Names written by hand, such as `q1h1`, change between letters and digits less often than a random token. */
const CHANGES_OF_TOKEN = 4

/**
 * Whether a name contains an email address, a number, a UUID or long text. A name of letters alone cannot be told from a
 * word.
 */
export function isDataName(name: string): boolean {
  if (name.length > LONGEST_NAME || name.includes('@')) return true
  if (!/\d/.test(name)) return false
  if (!/[a-z_\u0080-\uffff]/i.test(name)) return true
  const digits = name.replace(YEAR, '').match(/\d/g) ?? []
  return digits.length >= DIGITS_OF_DATA || (name.match(CHANGE) ?? []).length >= CHANGES_OF_TOKEN
}

const YEAR = /(?<!\d)(?:19|20)\d\d(?!\d)/g
const CHANGE = /[a-z](?=\d)|\d(?=[a-z])/gi

/**
 * Whether a name that a session creates for its own use is built from data. `statement` is the first word of the statement.
 */
export function isDataNameOfSession(name: string, statement: string): boolean {
  return isDataName(name) || (MADE_UP_ANEW.has(statement) && /\d/.test(name))
}

/** Statements that name savepoints, cursors or prepared statements, which libraries number. */
const MADE_UP_ANEW = new Set([
  'close',
  'declare',
  'fetch',
  'move',
  'prepare',
  'release',
  'rollback',
  'savepoint',
])

/** Replaces such a name in a statement. */
export const NAME_MASK = '"~"'

/** Replaces a label; `ordinal` is its number in the statement. */
export function labelMask(ordinal: number): string {
  return `"~${ordinal}"`
}

/** The masks of labels, by the name that they replace. */
export function dataLabels(sql: string, tokens: Tokens): ReadonlyMap<string, string> {
  const masks = new Map<string, string>()
  if (!/\bas\b/i.test(sql)) return masks
  const { count, kinds } = tokens
  for (let at = 1; at < count; at++) {
    if (kinds[at - 1] !== WORD || wordAt(sql, tokens, at - 1) !== 'as') continue
    const name = nameAt(sql, tokens, at)
    if (name !== undefined && !masks.has(name) && isDataName(name)) masks.set(name, labelMask(masks.size + 1))
  }
  return masks
}

/** The masks by the numbers of the tokens that they replace. */
export function maskedNames(sql: string, tokens: Tokens): ReadonlyMap<number, string> {
  const masked = new Map<number, string>()
  const labels = dataLabels(sql, tokens)
  const { count } = tokens
  if (labels.size > 0) {
    for (let at = 0; at < count; at++) {
      const mask = labels.get(nameAt(sql, tokens, at) ?? '')
      if (mask) masked.set(at, mask)
    }
  }
  let start = 0
  for (let end = 0; end <= count; end++) {
    if (end < count && wordAt(sql, tokens, end) !== ';') {
      if (wordAt(sql, tokens, end - 1) === 'of' && wordAt(sql, tokens, end - 2) === 'current')
        mask(end, start, 'fetch')
      continue
    }
    const statement = wordAt(sql, tokens, start)
    const place = NAME_PLACES.get(statement)
    if (place !== undefined) mask(place === 'second' ? start + 1 : end - 1, start, statement)
    start = end + 1
  }
  return masked

  function mask(at: number, after: number, statement: string): void {
    const name = at > after && at < count ? nameAt(sql, tokens, at) : undefined
    if (name !== undefined && isDataNameOfSession(name, statement)) masked.set(at, NAME_MASK)
  }
}

/** The position of the session's name in statements that begin with these words. */
export const NAME_PLACES: ReadonlyMap<string, 'second' | 'last'> = new Map([
  ['close', 'last'],
  ['deallocate', 'last'],
  ['declare', 'second'],
  ['execute', 'second'],
  ['fetch', 'last'],
  ['listen', 'last'],
  ['move', 'last'],
  ['notify', 'second'],
  ['prepare', 'second'],
  ['release', 'last'],
  ['rollback', 'last'],
  ['savepoint', 'last'],
  ['unlisten', 'last'],
])

function wordAt(sql: string, { starts, ends, count }: Tokens, at: number): string {
  return at >= 0 && at < count ? sql.slice(starts[at], ends[at]).toLowerCase() : ''
}

/** The name as PostgreSQL reads it, or `undefined` when the token is not a name. */
function nameAt(sql: string, { kinds, starts, ends }: Tokens, at: number): string | undefined {
  const raw = sql.slice(starts[at], ends[at])
  if (kinds[at] === WORD) return raw.toLowerCase()
  if (kinds[at] !== QUOTED) return undefined
  if (!raw.startsWith('"')) return unicodeText(raw, 3)
  return raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined).replaceAll('""', '"')
}
