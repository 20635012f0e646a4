// Splits SQL into tokens by the rules of PostgreSQL's own scanner: nested comments, dollar quotes, strings that continue
// after a newline, operators that end before a trailing sign. It knows no grammar, never fails, and always advances: a
// character that it does not understand becomes a token. The next call reuses the returned arrays.

import { HASH_FACTOR, HASH_START } from './words.ts'

export const WORD = 1
export const QUOTED = 2
export const PARAM = 3
export const NUMBER = 4
export const STRING = 5
/** `B'…'` and `X'…'` */
export const BITS = 6
export const OPERATOR = 7
export const CAST = 8
/** Any other single character: brackets, `,`, `.`, `;`, `:` and characters that PostgreSQL would reject. */
export const OTHER = 9

export interface Tokens {
  count: number
  /** `at` is the offset of the next token, and `done` is true when there is none. */
  at: number
  done: boolean
  kinds: Uint8Array
  starts: Int32Array
  ends: Int32Array
  /** Hash of a word, or of a quoted name that is safe without its quotes. It is 0 for all other tokens. */
  hashes: Int32Array
}

/** Scratch space for more tokens than this is released after use. */
const KEPT_TOKENS = 65_536
/** Tokens are split in batches of this size, so that elements of a long list can be skipped before they are split. */
const TOKENS_AT_ONCE = 128

const SPACE_CLASS = 1
const START_CLASS = 2
const DIGIT_CLASS = 3
const OPERATOR_CLASS = 4
/** Brackets, commas and semicolons, each of which is always a token of its own. */
const SINGLE_CLASS = 5
const classes = new Uint8Array(128)
for (const c of ' \t\n\r\f\v') classes[c.charCodeAt(0)] = SPACE_CLASS
for (const c of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_')
  classes[c.charCodeAt(0)] = START_CLASS
for (const c of '0123456789') classes[c.charCodeAt(0)] = DIGIT_CLASS
/** The lower-case form of each character that may continue a word, or 0 when it ends the word. */
const wordParts = new Uint8Array(128)
for (const c of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789$')
  wordParts[c.charCodeAt(0)] = c.toLowerCase().charCodeAt(0)
for (const c of '()[],;') classes[c.charCodeAt(0)] = SINGLE_CLASS
for (const c of '+-*/<>=~!@#%^&|`?') classes[c.charCodeAt(0)] = OPERATOR_CLASS

const scratch: Tokens = {
  count: 0,
  at: 0,
  done: true,
  kinds: new Uint8Array(1024),
  starts: new Int32Array(1024),
  ends: new Int32Array(1024),
  hashes: new Int32Array(1024),
}

export function lex(sql: string): Tokens {
  const tokens = startLexing(sql)
  while (!tokens.done) lexMore(sql, tokens)
  return tokens
}

/** Starts a statement without splitting any token yet. */
export function startLexing(sql: string): Tokens {
  const tokens = scratch
  if (tokens.kinds.length > KEPT_TOKENS) resize(tokens, 1024, 0)
  tokens.count = 0
  tokens.at = 0
  tokens.done = sql.length === 0
  return tokens
}

/** Adds the next tokens, at most one batch. */
export function lexMore(sql: string, tokens: Tokens): void {
  const length = sql.length
  if (tokens.count + TOKENS_AT_ONCE > tokens.kinds.length)
    resize(tokens, (tokens.count + TOKENS_AT_ONCE) * 2, tokens.count)
  const { kinds, starts, ends, hashes } = tokens
  const last = tokens.count + TOKENS_AT_ONCE
  let { count, at } = tokens
  while (at < length && count < last) {
    let code = sql.charCodeAt(at)
    const kindClass = code < 128 ? classes[code] : START_CLASS
    if (kindClass === SPACE_CLASS) {
      at++
      continue
    }
    const start = at
    let kind = OTHER
    let hash = 0
    if (kindClass === SINGLE_CLASS) {
      at++
    } else if (code === 36) {
      const next = at + 1 < length ? sql.charCodeAt(at + 1) : 0
      if (next >= 48 && next <= 57) {
        kind = PARAM
        at += 2
        while (at < length && isDigit(sql.charCodeAt(at))) at++
      } else {
        at = endOfDollarQuote(sql, at)
        if (at > start) kind = STRING
        else at++
      }
    } else if (kindClass === START_CLASS) {
      const next = at + 1 < length ? sql.charCodeAt(at + 1) : 0
      if (next === 39 && isStringPrefix(code)) {
        kind = code === 66 || code === 98 || code === 88 || code === 120 ? BITS : STRING
        at = endOfString(sql, at + 2, code === 69 || code === 101)
      } else if (next === 38 && (code === 85 || code === 117) && isQuote(charAfter(sql, at + 2))) {
        const identifier = charAfter(sql, at + 2) === 34
        kind = identifier ? QUOTED : STRING
        at = withEscapeClause(sql, identifier ? endOfQuoted(sql, at + 3) : endOfString(sql, at + 3, false))
      } else {
        kind = WORD
        let folded = code < 128 ? (wordParts[code] as number) : code
        hash = HASH_START
        do {
          hash = Math.imul(hash ^ folded, HASH_FACTOR)
          if (++at >= length) break
          code = sql.charCodeAt(at)
          folded = code < 128 ? (wordParts[code] as number) : code
        } while (folded !== 0)
        hash ||= 1
      }
    } else if (kindClass === DIGIT_CLASS) {
      kind = NUMBER
      do at++
      while (at < length && isDigit(sql.charCodeAt(at)))
      const next = at < length ? sql.charCodeAt(at) : 0
      // A number that is more than plain digits is read again by all rules.
      if (next === 46 || next >= 65) at = endOfNumber(sql, start)
    } else if (kindClass === OPERATOR_CLASS) {
      const next = at + 1 < length ? sql.charCodeAt(at + 1) : 0
      if (code === 45 && next === 45) {
        at = endOfLine(sql, at + 2)
        continue
      }
      if (code === 47 && next === 42) {
        at = endOfComment(sql, at + 2)
        continue
      }
      kind = OPERATOR
      at = next < 128 && classes[next] === OPERATOR_CLASS ? endOfOperator(sql, at) : at + 1
    } else if (code === 39) {
      kind = STRING
      at = endOfString(sql, at + 1, false)
    } else if (code === 34) {
      kind = QUOTED
      hash = HASH_START
      for (at++; at < length; at++) {
        code = sql.charCodeAt(at)
        // A name with upper case or with characters beyond ASCII needs its quotes.
        if (code >= 128 || code === 0 || wordParts[code] !== code) break
        hash = Math.imul(hash ^ code, HASH_FACTOR)
      }
      const isSafe = code === 34 && at > start + 1 && !isDigitOrDollar(sql.charCodeAt(start + 1))
      if (isSafe && charAfter(sql, at + 1) !== 34) {
        hash ||= 1
        at++
      } else {
        hash = 0
        at = endOfQuoted(sql, at)
      }
    } else if (code === 46 && isDigit(charAfter(sql, at + 1))) {
      kind = NUMBER
      at = endOfNumber(sql, at)
    } else if (code === 58 && charAfter(sql, at + 1) === 58) {
      kind = CAST
      at += 2
    } else if (code === 58 && charAfter(sql, at + 1) === 61) {
      kind = OPERATOR
      at += 2
    } else {
      at++
    }
    kinds[count] = kind
    starts[count] = start
    ends[count] = at
    hashes[count] = hash
    count++
  }
  tokens.count = count
  tokens.at = at
  tokens.done = at >= length
}

function resize(tokens: Tokens, size: number, used: number): void {
  const kinds = new Uint8Array(size)
  const starts = new Int32Array(size)
  const ends = new Int32Array(size)
  const hashes = new Int32Array(size)
  kinds.set(tokens.kinds.subarray(0, used))
  starts.set(tokens.starts.subarray(0, used))
  ends.set(tokens.ends.subarray(0, used))
  hashes.set(tokens.hashes.subarray(0, used))
  Object.assign(tokens, { kinds, starts, ends, hashes })
}

/** Returns 0 after the end, because the NaN of charCodeAt would make all later comparisons slow. */
function charAfter(sql: string, at: number): number {
  return at < sql.length ? sql.charCodeAt(at) : 0
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isQuote(code: number): boolean {
  return code === 39 || code === 34
}

/** E, B, X and N before a quote belong to the literal. */
function isStringPrefix(code: number): boolean {
  const upper = code & ~32
  return upper === 69 || upper === 66 || upper === 88 || upper === 78
}

function isDigitOrDollar(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 36
}

/** Digits with single underscores between them. */
function endOfDigitGroups(sql: string, from: number, accepts: (code: number) => boolean): number {
  let at = from
  for (;;) {
    if (accepts(charAfter(sql, at))) at++
    else if (charAfter(sql, at) === 95 && accepts(charAfter(sql, at + 1))) at += 2
    else return at
  }
}

const isHex = (code: number) => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102)
const isOctal = (code: number) => code >= 48 && code <= 55
const isBinary = (code: number) => code === 48 || code === 49

function endOfNumber(sql: string, from: number): number {
  if (charAfter(sql, from) === 48) {
    const base = charAfter(sql, from + 1) | 32
    const accepts = base === 120 ? isHex : base === 111 ? isOctal : base === 98 ? isBinary : undefined
    if (accepts !== undefined) {
      // `0_1` is decimal, but `0x_1` is hexadecimal: a group may start with an underscore here.
      const end = endOfDigitGroups(sql, from + 2, accepts)
      if (end > from + 2) return end
    }
  }
  let at = endOfDigitGroups(sql, from, isDigit)
  if (charAfter(sql, at) === 46 && charAfter(sql, at + 1) !== 46) at = endOfDigitGroups(sql, at + 1, isDigit)
  if ((charAfter(sql, at) | 32) === 101) {
    const sign = charAfter(sql, at + 1)
    const digits = sign === 43 || sign === 45 ? at + 2 : at + 1
    if (isDigit(charAfter(sql, digits))) at = endOfDigitGroups(sql, digits, isDigit)
  }
  return at
}

/**
 * The end of a run of operator characters. It stops before a comment, and before trailing signs unless one of the characters
 * permits them.
 */
function endOfOperator(sql: string, from: number): number {
  let at = from + 1
  let permitsSigns = permitsTrailingSign(charAfter(sql, from))
  for (; at < sql.length; at++) {
    const code = charAfter(sql, at)
    if (code >= 128 || classes[code] !== OPERATOR_CLASS) break
    const next = charAfter(sql, at + 1)
    if ((code === 45 && next === 45) || (code === 47 && next === 42)) break
    permitsSigns ||= permitsTrailingSign(code)
  }
  if (permitsSigns) return at
  while (at > from + 1) {
    const last = charAfter(sql, at - 1)
    if (last !== 43 && last !== 45) break
    at--
  }
  return at
}

/** An operator that contains one of `~ ! @ # % ^ & | \` ?` may end in `+` or `-`. */
function permitsTrailingSign(code: number): boolean {
  return code !== 42 && code !== 43 && code !== 45 && code !== 47 && code !== 60 && code !== 61 && code !== 62
}

function endOfLine(sql: string, from: number): number {
  let at = from
  while (at < sql.length) {
    const code = charAfter(sql, at)
    if (code === 10 || code === 13) break
    at++
  }
  return at
}

function endOfComment(sql: string, from: number): number {
  let depth = 1
  let at = from
  while (at < sql.length) {
    const code = charAfter(sql, at)
    if (code === 42 && charAfter(sql, at + 1) === 47) {
      at += 2
      if (--depth === 0) return at
    } else if (code === 47 && charAfter(sql, at + 1) === 42) {
      depth++
      at += 2
    } else at++
  }
  return sql.length
}

function endOfQuoted(sql: string, from: number): number {
  let at = from
  for (;;) {
    at = sql.indexOf('"', at)
    if (at === -1) return sql.length
    if (charAfter(sql, at + 1) !== 34) return at + 1
    at += 2
  }
}

/**
 * The end of a string that may have several parts: it continues after white space with a newline. `from` is after the opening
 * quote.
 */
function endOfString(sql: string, from: number, backslashes: boolean): number {
  let at = from
  while (at < sql.length) {
    const code = charAfter(sql, at)
    if (code === 39) {
      if (charAfter(sql, at + 1) === 39) {
        at += 2
        continue
      }
      const next = continuation(sql, at + 1)
      if (next === -1) return at + 1
      at = next
      continue
    }
    at += backslashes && code === 92 ? 2 : 1
  }
  return sql.length
}

/** The start of the next part of a string, after its quote, or -1. Line comments count as white space here. */
export function continuation(sql: string, from: number): number {
  let at = from
  let newline = false
  for (; at < sql.length; at++) {
    const code = charAfter(sql, at)
    if (code === 10 || code === 13) newline = true
    else if (code === 45 && charAfter(sql, at + 1) === 45) at = endOfLine(sql, at + 2) - 1
    else if (code >= 128 || classes[code] !== SPACE_CLASS) break
  }
  return newline && charAfter(sql, at) === 39 ? at + 1 : -1
}

/** The end of `$$…$$` or `$tag$…$tag$`, or `from` itself when no quote starts there. */
function endOfDollarQuote(sql: string, from: number): number {
  let at = from + 1
  while (at < sql.length) {
    const code = charAfter(sql, at)
    if (code === 36) break
    const c = code >= 128 ? START_CLASS : classes[code]
    if (c !== START_CLASS && (c !== DIGIT_CLASS || at === from + 1)) return from
    at++
  }
  if (at >= sql.length) return from
  const close = sql.indexOf(sql.slice(from, at + 1), at + 1)
  return close === -1 ? sql.length : close + (at + 1 - from)
}

/** `UESCAPE 'c'` belongs to the literal or name before it, also when white space or comments come between them. */
function withEscapeClause(sql: string, from: number): number {
  const word = endOfSpace(sql, from)
  if (sql.slice(word, word + 7).toLowerCase() !== 'uescape') return from
  const quote = endOfSpace(sql, word + 7)
  return charAfter(sql, quote) === 39 ? endOfString(sql, quote + 1, false) : from
}

function endOfSpace(sql: string, from: number): number {
  let at = from
  for (;;) {
    const code = charAfter(sql, at)
    if (code < 128 && classes[code] === SPACE_CLASS) at++
    else if (code === 45 && charAfter(sql, at + 1) === 45) at = endOfLine(sql, at + 2)
    else if (code === 47 && charAfter(sql, at + 1) === 42) at = endOfComment(sql, at + 2)
    else return at
  }
}
