// A statement without the values written into it, for files that must not hold any: each literal becomes an empty or a
// zero one of its kind, so that the text stays SQL and keeps its fingerprint. What the fingerprint calls a value goes,
// comments go because anything may stand in them; only what says how many rows are wanted stays.

import { BITS, CAST, lex, NUMBER, OPERATOR, OTHER, STRING, type Tokens, WORD } from './lexer.ts'
import { findPositions } from './select-list-positions.ts'
import { findSettingValues } from './setting-values.ts'

/**
 * `select * from t where name = 'Ann' limit 5` becomes `select * from t where name = '' limit 5`. Booleans, NULL, the
 * integers of LIMIT and OFFSET, and those that mean a position in the select list stay. Never throws.
 */
export function neutralLiterals(sql: string): string {
  const tokens = lex(sql)
  const positions = findPositions(sql, tokens)
  const settings = findSettingValues(sql, tokens)
  let text = ''
  let end = 0
  let previous = -1
  for (let index = 0; index < tokens.count; index++) {
    const start = tokens.starts[index] as number
    const endOfSetting = settings.get(index)
    const literal = endOfSetting ? "''" : neutral(sql, tokens, index, positions)
    text += between(sql, tokens, { previous, index, end, isLiteral: literal !== undefined })
    text += literal ?? sql.slice(start, tokens.ends[index])
    if (endOfSetting) index = endOfSetting - 1
    previous = index
    end = tokens.ends[index] as number
  }
  return text
}

/** What to write instead of the token; undefined when it stays. */
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
  // A bare 0 would be taken for a position itself.
  if (positions.has(index)) return hasFraction ? '0.0' : undefined
  return !hasFraction && isPage(sql, tokens, index) ? undefined : '0'
}

const WITH_FRACTION = /^(?!0x).*[.e]/i

/** The number of rows directly behind LIMIT, OFFSET or FETCH FIRST, in brackets or not. */
function isPage(sql: string, { starts, ends, kinds }: Tokens, index: number): boolean {
  const textAt = (at: number) => (at < 0 ? '' : sql.slice(starts[at], ends[at]).toLowerCase())
  let before = index - 1
  while (textAt(before) === '(') before--
  if (kinds[before] !== WORD || textAt(before - 1) === '.') return false
  const word = textAt(before)
  if (word === 'limit' || word === 'offset') return true
  return (word === 'first' || word === 'next') && textAt(before - 1) === 'fetch'
}

interface Place {
  /** The token written last, -1 before the first. */
  previous: number
  index: number
  /** Where the previous token ended in the source. */
  end: number
  isLiteral: boolean
}

/** White space as it was, one space for comments, and one where the new literal would melt into its neighbour. */
function between(sql: string, tokens: Tokens, { previous, index, end, isLiteral }: Place): string {
  if (previous < 0) return ''
  const gap = sql.slice(end, tokens.starts[index])
  const isText = (at: number) => tokens.kinds[at] === STRING || tokens.kinds[at] === BITS
  // A line break between two strings would make them one.
  if (isText(previous) && isText(index)) return ' '
  if (gap !== '') return /^\s+$/.test(gap) ? gap : ' '
  if (!isLiteral && !LITERALS.has(tokens.kinds[previous] as number)) return ''
  const neighbour = isLiteral ? previous : index
  const isOpen = isLiteral && sql.charAt(tokens.starts[index] as number) !== "'" && isText(index)
  return isOpen || !standsAlone(sql, tokens, neighbour) ? ' ' : ''
}

const LITERALS: ReadonlySet<number> = new Set([STRING, BITS, NUMBER])

/** Brackets, commas and operators end where they end, whatever follows. */
function standsAlone(sql: string, { kinds, starts, ends }: Tokens, index: number): boolean {
  const kind = kinds[index]
  if (kind === OPERATOR || kind === CAST) return true
  return kind === OTHER && /^[()[\],;:]$/.test(sql.slice(starts[index], ends[index]))
}
