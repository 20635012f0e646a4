// Writes a statement without its values, for files that must not contain any. Each literal becomes an empty or zero literal
// of its kind, so that the text stays valid SQL with the same fingerprint. Values are removed exactly where the fingerprint
// has a `?`, except in LIMIT and OFFSET. Names that are built from data and comments are removed too, because they may
// contain anything.

import { maskedNames } from './data-names.ts'
import { BITS, CAST, lex, NUMBER, OPERATOR, OTHER, STRING, type Tokens, WORD } from './lexer.ts'
import { findPositions } from './select-list-positions.ts'
import { findSettingValues } from './setting-values.ts'

/**
 * `select * from t where name = 'Ann' limit 5` becomes `select * from t where name = '' limit 5`. Booleans, NULL, the
 * integers of LIMIT and OFFSET, and integers that are positions in the select list are kept. Never throws.
 */
export function neutralLiterals(sql: string): string {
  const tokens = lex(sql)
  const { starts, ends, count } = tokens
  const positions = findPositions(sql, tokens)
  const settings = findSettingValues(sql, tokens)
  const names = maskedNames(sql, tokens)
  const parts: string[] = []
  /** The source before this offset has been copied or dropped. */
  let done = 0
  let previous = -1
  let previousEnd = 0
  let isBesideLiteral = false
  for (let index = 0; index < count; index++) {
    const start = starts[index] as number
    const endOfSetting = settings.get(index)
    const literal = endOfSetting ? "''" : (names.get(index) ?? neutral(sql, tokens, index, positions))
    if (literal !== undefined || isBesideLiteral || !isSpace(sql, previousEnd, start)) {
      const gap = { previous, previousEnd, index, isLiteral: literal !== undefined, isBesideLiteral }
      parts.push(sql.slice(done, previousEnd), between(sql, tokens, gap), literal ?? '')
      done = start
    }
    if (endOfSetting) index = endOfSetting - 1
    previous = index
    previousEnd = ends[index] as number
    isBesideLiteral = literal !== undefined
    if (isBesideLiteral) done = previousEnd
  }
  parts.push(sql.slice(done, previousEnd))
  return parts.join('')
}

/** The replacement for the token, or undefined when the token is kept. */
function neutral(
  sql: string,
  tokens: Tokens,
  index: number,
  positions: ReadonlySet<number>,
): string | undefined {
  const kind = tokens.kinds[index] as number
  if (kind === STRING) return "''"
  if (kind === BITS) return `${sql.charAt(tokens.starts[index] as number)}''`
  if (kind !== NUMBER) return undefined
  const text = sql.slice(tokens.starts[index], tokens.ends[index])
  const hasFraction = WITH_FRACTION.test(text)
  if (positions.has(index) && !hasFraction) return undefined
  if (hasFraction) return '0.0'
  return isPage(sql, tokens, index) ? undefined : '0'
}

const WITH_FRACTION = /^(?!0x).*[.e]/i

/** True when the token is the number of rows directly after LIMIT, OFFSET or FETCH FIRST, also in brackets. */
function isPage(sql: string, { starts, ends, kinds }: Tokens, index: number): boolean {
  let before = index - 1
  while (before >= 0 && sql.charCodeAt(starts[before] as number) === BRACKET) before--
  if (before < 0 || kinds[before] !== WORD) return false
  const textAt = (at: number) => (at < 0 ? '' : sql.slice(starts[at], ends[at]).toLowerCase())
  if (textAt(before - 1) === '.') return false
  const word = textAt(before)
  if (word === 'limit' || word === 'offset') return true
  return (word === 'first' || word === 'next') && textAt(before - 1) === 'fetch'
}

const BRACKET = 40

interface Gap {
  /** The token that was written last, or -1 before the first one, and its end. */
  previous: number
  previousEnd: number
  index: number
  isLiteral: boolean
  /** True when the previous token is a literal. */
  isBesideLiteral: boolean
}

/**
 * Copies white space, replaces comments by one space, and adds a space where a new literal would merge with its neighbour.
 */
function between(sql: string, tokens: Tokens, gap: Gap): string {
  const { previous, previousEnd, index, isLiteral, isBesideLiteral } = gap
  if (previous < 0) return ''
  const start = tokens.starts[index] as number
  const isText = (at: number) => tokens.kinds[at] === STRING || tokens.kinds[at] === BITS
  // A line break between two strings would join them.
  if (isText(previous) && isText(index)) return ' '
  if (start > previousEnd) return isSpace(sql, previousEnd, start) ? sql.slice(previousEnd, start) : ' '
  if (isBesideLiteral && !isLiteral) return standsAlone(sql, tokens, index) ? '' : ' '
  // The replaced literal began with a letter, but its replacement begins with a quote.
  if (isText(index) && sql.charCodeAt(start) !== QUOTE) return ' '
  return standsAlone(sql, tokens, previous) ? '' : ' '
}

const QUOTE = 39
const SPACE = 32

function isSpace(sql: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (sql.charCodeAt(at) > SPACE) return false
  return true
}

/** Brackets, commas and operators end at a fixed place, whatever follows. */
function standsAlone(sql: string, { kinds, starts }: Tokens, index: number): boolean {
  const kind = kinds[index]
  if (kind === OPERATOR || kind === CAST) return true
  return kind === OTHER && '()[],;:'.includes(sql.charAt(starts[index] as number))
}
