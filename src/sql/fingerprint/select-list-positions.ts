// Finds the integers of a statement that are positions in its select list and not values: `order by 2`. The fingerprint keeps
// them, so code that removes the values of a statement must keep them too. The rules are those of `normalize.ts`, applied to
// tokens.

import { WORDS_GOING_ON, WORDS_OF_OTHER_CLAUSES } from './keywords.ts'
import { CAST, NUMBER, OPERATOR, OTHER, type Tokens, WORD } from './lexer.ts'

/** The numbers of the tokens that are positions. A number with a fraction is a value. */
export function findPositions(sql: string, tokens: Tokens): ReadonlySet<number> {
  const found = new Set<number>()
  if (!MAY_HAVE_SOME.test(sql)) return found
  const { count, kinds } = tokens
  const textAt = (at: number) => tokenText(sql, tokens, at)
  /** For each open bracket: whether integers directly inside it are positions. */
  const outer: boolean[] = []
  let inside = false
  for (let index = 0; index < count; index++) {
    const kind = kinds[index]
    if (kind === NUMBER) {
      if (inside && isPosition(sql, tokens, index)) found.add(index)
      continue
    }
    if (kind !== WORD && kind !== OTHER) continue
    const text = textAt(index)
    const before = textAt(index - 1)
    if (kind === WORD) {
      if (before === '.') continue
      if (WORDS_OF_OTHER_CLAUSES.has(text)) inside = false
      else if (text === 'by') inside = before === 'order' || before === 'group'
    } else if (text === '(') {
      outer.push(inside)
      if (before === 'on') inside = textAt(index - 2) === 'distinct'
      else inside &&= before === '(' || before === ',' || BRACKETS_BEHIND.has(before)
    } else if (text === '[') {
      outer.push(inside)
      inside = false
    } else if (text === ')' || text === ']') inside = outer.pop() ?? inside
    else if (text === ';') {
      outer.length = 0
      inside = false
    }
  }
  return found
}

const MAY_HAVE_SOME = /\b(by|distinct)\b/i
const BRACKETS_BEHIND = new Set(['by', 'distinct', 'all', 'rollup', 'cube', 'sets'])

/** Whether the number is a whole item, possibly in brackets. */
function isPosition(sql: string, tokens: Tokens, index: number): boolean {
  const textAt = (at: number) => tokenText(sql, tokens, at)
  let before = index - 1
  let brackets = 0
  for (; textAt(before) === '('; before--) brackets++
  const opener = textAt(before)
  const isItem = opener === 'by' || opener === ','
  if (brackets > 0 && !isItem) brackets--
  else if (!isItem && opener !== 'distinct' && opener !== 'all') return false
  let next = index + 1
  for (; brackets > 0 && textAt(next) === ')'; next++) brackets--
  while (textAt(next) === 'asc') next++
  const kind = tokens.kinds[next]
  if (next >= tokens.count) return true
  if (kind === WORD) return !WORDS_GOING_ON.has(textAt(next))
  if (kind !== OPERATOR && kind !== CAST && kind !== OTHER) return true
  return /^[,;)?]$/.test(textAt(next))
}

function tokenText(sql: string, { starts, ends, count }: Tokens, at: number): string {
  return at < 0 || at >= count ? '' : sql.slice(starts[at], ends[at]).toLowerCase()
}
