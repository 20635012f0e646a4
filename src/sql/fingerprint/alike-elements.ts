// Reads over the elements of a long list that are written like the one before them, character by character: a bulk insert
// or a list of ids is most of the text of its statement, and no element of it makes another fingerprint. It knows tokens of
// one element only, and stops at the first difference.

import { NUMBER, PARAM, STRING, type Tokens } from './lexer.ts'

/** In the template: any plain digits, any plain string. Everything else is the code of a character. */
const DIGITS = -1
const TEXT = -2
/** Elements of more characters are rare, and read the slow way. */
const LONGEST_TEMPLATE = 4096
const template = new Int32Array(LONGEST_TEMPLATE)

/**
 * Position of the last comma that ends an element like the one of the tokens from `first` to the comma token `last`; the
 * position of that comma itself when there is none. Rows of VALUES go on only where a bracket opens.
 */
export function lastAlikeComma(
  sql: string,
  tokens: Tokens,
  first: number,
  last: number,
  isRows: boolean,
): number {
  let comma = tokens.starts[last] as number
  const size = makeTemplate(sql, tokens, first, last)
  const { length } = sql
  for (;;) {
    let at = comma + 1
    for (let step = 0; step < size; step++) {
      const wanted = template[step] as number
      if (at >= length) return comma
      if (wanted >= 0) {
        if (sql.charCodeAt(at) !== wanted) return comma
        at++
        continue
      }
      const end = wanted === DIGITS ? endOfDigits(sql, at) : endOfText(sql, at)
      if (end === -1) return comma
      at = end
    }
    if (size === 0 || at >= length || sql.charCodeAt(at) !== 44) return comma
    if (isRows && !isRowBehind(sql, at + 1)) return comma
    comma = at
  }
}

/** The characters of the element, from behind the comma in front of it to the one behind; 0 when it has no simple form. */
function makeTemplate(sql: string, { kinds, starts, ends }: Tokens, first: number, last: number): number {
  let size = 0
  let from = ends[first - 1] as number
  if ((starts[last] as number) - from > LONGEST_TEMPLATE) return 0
  for (let token = first; token < last; token++) {
    const kind = kinds[token]
    if (kind !== PARAM && kind !== NUMBER && kind !== STRING) continue
    const start = starts[token] as number
    const end = ends[token] as number
    const digits = kind === PARAM ? start + 1 : start
    for (; from < digits; from++) template[size++] = sql.charCodeAt(from)
    const isPlain = kind === STRING ? sql.charCodeAt(start) === 39 : endOfDigits(sql, digits) === end
    if (!isPlain) return 0
    template[size++] = kind === STRING ? TEXT : DIGITS
    from = end
  }
  for (const end = starts[last] as number; from < end; from++) template[size++] = sql.charCodeAt(from)
  return size
}

/** The end of plain digits; -1 where something stands behind them that could belong to the number. */
function endOfDigits(sql: string, from: number): number {
  const { length } = sql
  let at = from
  let code = 0
  while (at < length) {
    code = sql.charCodeAt(at)
    if (code < 48 || code > 57) break
    at++
  }
  if (at === from || at >= length) return -1
  // A comma, a bracket, white space or a cast.
  return code === 44 || code === 41 || code === 93 || code === 32 || code === 58 ? at : -1
}

/** The end of a string in plain quotes; -1 where it could go on behind them. */
function endOfText(sql: string, from: number): number {
  if (sql.charCodeAt(from) !== 39) return -1
  let end = sql.indexOf("'", from + 1)
  while (end !== -1 && end + 1 < sql.length && sql.charCodeAt(end + 1) === 39) end = sql.indexOf("'", end + 2)
  if (end === -1 || end + 1 >= sql.length) return -1
  const code = sql.charCodeAt(end + 1)
  return code === 44 || code === 41 || code === 93 || code === 58 ? end + 1 : -1
}

function isRowBehind(sql: string, from: number): boolean {
  let at = from
  while (at < sql.length && sql.charCodeAt(at) === 32) at++
  return at < sql.length && sql.charCodeAt(at) === 40
}
