// Rewrites a statement in ways that must not change its fingerprint. The tokens come from libpg-query's scanner, so that the
// tested code does not test itself.

import { scanSync } from 'libpg-query'

/** A generator of numbers from 0 up to but not including `limit`. A seed always gives the same numbers. */
export function seeded(seed: number): (limit: number) => number {
  let state = seed >>> 0 || 1
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * limit)
  }
}

interface Token {
  gap: string
  text: string
}

/** The tokens with the text before each of them. Undefined when the scanner rejects the text. */
function tokensOf(sql: string): { tokens: Token[]; rest: string } | undefined {
  const bytes = Buffer.from(sql)
  // An unpaired surrogate is lost in the conversion to bytes and back.
  if (bytes.toString() !== sql) return undefined
  try {
    let at = 0
    const tokens = scanSync(sql).tokens.map(({ start, end }) => {
      const token = { gap: bytes.subarray(at, start).toString(), text: bytes.subarray(start, end).toString() }
      at = end
      return token
    })
    return { tokens, rest: bytes.subarray(at).toString() }
  } catch {
    return undefined
  }
}

const SPACES = [' ', '\n\t', ' /* it\'s "x" -- /* y */ */ ', " -- c'\n", '\r\n', '\f']

/** Replaces white space, and adds comments, wherever there is white space or a bracket. */
export function respaced(sql: string, random: (limit: number) => number): string | undefined {
  const scanned = tokensOf(sql)
  if (scanned === undefined) return undefined
  let text = ''
  for (const token of scanned.tokens) {
    if (isComment(token.text)) {
      text += '\n'
      continue
    }
    const maySpace = token.gap !== '' || /^[(),;]$/.test(token.text)
    text += (maySpace ? SPACES[random(SPACES.length)] : '') + token.text
  }
  return text + scanned.rest
}

/** Replaces values by others of the same kind. Positions and the character of UESCAPE are not values. */
export function revalued(sql: string, random: (limit: number) => number): string | undefined {
  if (/order\s+by|group\s+by|distinct\s+on|uescape/i.test(sql)) return undefined
  const scanned = tokensOf(sql)
  if (scanned === undefined) return undefined
  let text = ''
  for (const { gap, text: token } of scanned.tokens) {
    text += gap
    if (/^'[^\n]*'$/s.test(token)) text += `'zz''${random(100)}'`
    else if (/^\$[^0-9].*\$$/s.test(token) || token.startsWith('$$')) text += "$zz$ it's other $zz$"
    else if (/^\d+$/.test(token)) text += String(random(1_000) + 1)
    else if (/^(\d+\.\d*|\.\d+|\d+e\d+)$/i.test(token)) text += `${random(9)}.25`
    else text += token
  }
  return text + scanned.rest
}

function isComment(text: string): boolean {
  return text.startsWith('--') || text.startsWith('/*')
}
