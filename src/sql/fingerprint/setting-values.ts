// Finds the value of `SET name TO value`. For the fingerprint all of it is one value, including names and lists, because a
// role or a schema may be the name of a customer. The rules are those of `normalize.ts`, applied to tokens.

import { QUOTED, type Tokens, WORD } from './lexer.ts'

/** The values: the number of the token after each value, by the number of its first token. */
export function findSettingValues(sql: string, tokens: Tokens): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  if (!/\bset\b/i.test(sql)) return found
  const { count, kinds, starts, ends } = tokens
  const textAt = (at: number) => (at < count ? sql.slice(starts[at], ends[at]).toLowerCase() : '')
  const isName = (at: number) => kinds[at] === WORD || kinds[at] === QUOTED

  /** The first token of the value of the SET at `start`. */
  const firstOfValue = (start: number): number => {
    let at = start + 1
    if (textAt(at) === 'session' || textAt(at) === 'local') at++
    if (textAt(at) === 'time' && textAt(at + 1) === 'zone') at += 2
    else if (textAt(at) === 'role' || textAt(at) === 'authorization') at++
    else {
      if (!isName(at)) return count
      at++
      while (textAt(at) === '.' && isName(at + 1)) at += 2
      if (textAt(at) !== 'to' && textAt(at) !== '=') return count
    }
    return textAt(at) === 'to' || textAt(at) === '=' ? at + 1 : at
  }

  for (let index = 0; index < count; index++) {
    if (textAt(index) !== 'set' || (index > 0 && textAt(index - 1) !== ';')) continue
    const from = firstOfValue(index)
    if (from >= count || textAt(from) === ';' || KEPT.has(textAt(from))) continue
    let to = from
    while (to < count && textAt(to) !== ';') to++
    found.set(from, to)
  }
  return found
}

const KEPT = new Set(['default', 'none', 'local', 'true', 'false', 'on', 'off', 'null'])
