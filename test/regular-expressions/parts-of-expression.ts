// The parts of a regular expression, as far as needed to build texts that they match. A part without a text of its own (a
// border, a back reference) is an empty text.

export type Part =
  | { kind: 'text'; text: string }
  /** One character out of some, as it is written. */
  | { kind: 'set'; raw: string }
  | { kind: 'group'; alternatives: Part[][]; isLookAround: boolean }
  | { kind: 'repeated'; part: Part; least: number }

const NOTHING: Part = { kind: 'text', text: '' }
const ESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', 0: '\0' }
const SET = /\\(?:[dDwWsS]|[pP]\{[^}]*\})|\[(?:[^\]\\]|\\.)*\]|\./suy
const CODE = /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2}))/iy
const OPENING = /\((\?(?:[:=!]|<[=!]|<\w+>))?/y
const QUANTIFIER = /(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/y

export function partsOf(source: string): Part[][] {
  let at = 0
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at
    const found = expression.exec(source)
    if (found) at += found[0].length
    return found
  }
  const alternatives = (): Part[][] => {
    const all: Part[][] = [[]]
    while (at < source.length && source[at] !== ')') {
      if (source[at] === '|') {
        at++
        all.push([])
      } else all.at(-1)?.push(quantified(atom()))
    }
    return all
  }
  const quantified = (part: Part): Part => {
    const found = take(QUANTIFIER)
    if (!found) return part
    return { kind: 'repeated', part, least: found[0].startsWith('+') ? 1 : Number(found[1] ?? 0) }
  }
  const atom = (): Part => {
    const set = take(SET)
    if (set) return { kind: 'set', raw: set[0] }
    const code = take(CODE)
    if (code) return text(String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16)))
    const opening = take(OPENING)
    if (opening) {
      const inner = alternatives()
      at++
      return { kind: 'group', alternatives: inner, isLookAround: /[=!]$/.test(opening[0]) }
    }
    const character = source[at++] ?? ''
    if (character === '^' || character === '$') return NOTHING
    if (character !== '\\') return text(character)
    const escaped = source[at++] ?? ''
    return /[bB1-9]/.test(escaped) ? NOTHING : text(ESCAPED[escaped] ?? escaped)
  }
  return alternatives()
}

function text(characters: string): Part {
  return { kind: 'text', text: characters }
}
