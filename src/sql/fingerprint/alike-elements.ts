// Skips the elements of a long list that have the same form as the element before them, character by character. A bulk insert
// or a list of ids makes up most of its statement's text, but all elements of one form share one fingerprint. Only the first
// element is split into tokens. Skipping stops at the first difference.

import { NUMBER, PARAM, STRING, type Tokens } from './lexer.ts'

/** These codes in the template accept any plain digits and any plain string. All other numbers are character codes. */
const DIGITS = -1
const TEXT = -2
/** Elements with more characters are rare and take the slow path through the tokens. */
const LONGEST_TEMPLATE = 4096
const template = new Int32Array(LONGEST_TEMPLATE)

/**
 * Returns the position of the last comma after an element that has the form of the tokens from `first` to the comma token
 * `last`, or the position of that comma when there is none. An element of VALUES must be followed by another opening bracket.
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

/**
 * Writes the characters of an element into the template, from the end of the token before it to the comma after it. Returns 0
 * when the element has no simple form.
 */
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

/** The end of plain digits, or -1 when the next character could belong to the number. */
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
  // A comma, a bracket, a space or a cast ends the number.
  return code === 44 || code === 41 || code === 93 || code === 32 || code === 58 ? at : -1
}

/** The end of a string in plain quotes, or -1 when the string could continue after them. */
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
