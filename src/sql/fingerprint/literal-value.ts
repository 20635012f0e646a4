// Reads the value of a literal, so that the literal `42` and the parameter 42 can be recognised as equal. Numbers stay text,
// because PostgreSQL's numbers can exceed JavaScript's.

import { BITS, continuation, NUMBER } from './lexer.ts'

export function literalValue(text: string, kind: number, negative: boolean): string {
  if (kind === NUMBER) return numberText(text, negative)
  if (kind === BITS) return text.charAt(0).toLowerCase() + text.slice(2, -1)
  const first = text.charCodeAt(0)
  if (first === 36) return dollarBody(text)
  if (first === 39) return unquote(text, 1, false)
  const upper = text.charAt(0).toUpperCase()
  if (upper === 'U') return unicodeText(text, 3)
  return unquote(text, 2, upper === 'E')
}

function numberText(text: string, negative: boolean): string {
  const digits = text.replaceAll('_', '')
  const plain = /^0[xob]/i.test(digits) ? BigInt(digits).toString() : digits
  return negative ? `-${plain}` : plain
}

function dollarBody(text: string): string {
  const tag = text.indexOf('$', 1) + 1
  const closed = text.length >= tag * 2 && text.endsWith(text.slice(0, tag))
  return text.slice(tag, closed ? -tag : undefined)
}

/** Joins the parts of a string, and resolves doubled quotes and, in an E string, backslashes. */
function unquote(text: string, from: number, backslashes: boolean): string {
  let value = ''
  let at = from
  let plainFrom = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 39) {
      value += text.slice(plainFrom, at)
      const doubled = text.charCodeAt(at + 1) === 39
      if (doubled) {
        value += "'"
        at += 2
      } else {
        const next = continuation(text, at + 1)
        if (next === -1) return value
        at = next
      }
      plainFrom = at
    } else if (backslashes && code === 92) {
      value += text.slice(plainFrom, at)
      const escaped = backslashEscape(text, at + 1)
      value += escaped.value
      at = escaped.end
      plainFrom = at
    } else at++
  }
  return value + text.slice(plainFrom)
}

const CONTROL: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const ESCAPE = /u([0-9a-f]{4})|U([0-9a-f]{8})|x([0-9a-f]{1,2})|([0-7]{1,3})/iy

function backslashEscape(text: string, at: number): { value: string; end: number } {
  ESCAPE.lastIndex = at
  const match = ESCAPE.exec(text)
  if (match !== null) {
    const hex = match[1] ?? match[2] ?? match[3]
    const code = hex === undefined ? Number.parseInt(match[4] as string, 8) : Number.parseInt(hex, 16)
    return { value: character(code), end: at + match[0].length }
  }
  const letter = text.charAt(at)
  return { value: CONTROL[letter] ?? letter, end: at + 1 }
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

/** Decodes a `U&` literal or name: `\0061` and `\+000061`, or another escape character after UESCAPE. */
export function unicodeText(text: string, from: number): string {
  const body = text.charCodeAt(from - 1) === 39 ? unquote(text, from, false) : quotedName(text, from)
  const clause = /uescape/i.test(text) ? /'([^'])'$/.exec(text) : null
  const mark = (clause?.[1] ?? '\\').replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')
  return body.replace(
    new RegExp(`${mark}(?:(${mark})|\\+([0-9a-f]{6})|([0-9a-f]{4}))`, 'gi'),
    (whole, same: string | undefined, six: string | undefined, four: string | undefined) =>
      same ?? (character(Number.parseInt(six ?? four ?? '', 16)) || whole),
  )
}

function quotedName(text: string, from: number): string {
  let end = text.indexOf('"', from)
  while (end !== -1 && text.charCodeAt(end + 1) === 34) end = text.indexOf('"', end + 2)
  return text.slice(from, end === -1 ? undefined : end).replaceAll('""', '"')
}
