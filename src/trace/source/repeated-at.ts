// Whether anything in the application's source repeats what is at a position: a loop around it, or a function that is
// given to a call such as `map`. A loop in another function that calls this one is not seen here.
import type { SourceTokens } from '../../source/tokens.ts'
import { beforeInStatement, blockAt, calleeGiven, iterates, loopKeyword } from './blocks.ts'

/** True in a loop, in a function that is given to a call such as `map`, and for such a call itself. */
export function isRepeatedAt(tokens: SourceTokens, position: number): boolean {
  const { texts, parents } = tokens
  if (texts[position + 1] === '(' && iterates(texts[position] as string)) return true
  let at = position
  let leaves = false
  const repeats = (loop: number) => !leaves && !(isCounted(tokens, loop) && leavesAfter(tokens, at))
  while (at >= 0) {
    const open = parents[at] as number
    const before = beforeInStatement(tokens, at)
    leaves ||= before.leaves
    if (before.loop >= 0 && repeats(before.loop)) return true
    const block = blockAt(tokens, open)
    if (block?.kind === 'loop' && repeats(block.at)) return true
    const made = block?.kind === 'function' ? block.at : before.arrow
    if (made >= 0) {
      const isReturned = texts[made - 1] === '=>' || texts[made - 1] === 'return'
      const callee = isReturned ? '' : calleeGiven(tokens, made)
      if (callee === undefined) return false
      if (iterates(callee)) return true
      leaves = false
      at = isReturned ? made : (parents[made] as number)
    } else {
      if (open >= 0 && texts[open] === '(' && isRepeatedPartOfHead(tokens, open, at)) return true
      at = open
    }
  }
  return false
}

/** In the head of a loop, only the expression that `for … of` iterates over is evaluated once. */
function isRepeatedPartOfHead({ texts, parents }: SourceTokens, open: number, position: number): boolean {
  const loop = loopKeyword(texts, open)
  if (loop < 0) return false
  if (texts[loop] === 'while') return true
  for (let at = open + 1; at < position; at++) if (texts[at] === ';' && parents[at] === open) return true
  return false
}

/** A loop that is neither `for … of` nor `for … in` may be one that tries again after a failure. */
function isCounted({ texts, partners, parents }: SourceTokens, loop: number): boolean {
  if (texts[loop] !== 'for') return true
  const open = texts[loop + 1] === 'await' ? loop + 2 : loop + 1
  const close = partners[open] as number
  for (let at = open + 1; at < close; at++) {
    if (parents[at] === open && (texts[at] === 'of' || texts[at] === 'in')) return false
  }
  return true
}

/** Whether the block always ends with `return` or `break` after the statement of the position. */
function leavesAfter({ texts, partners, parents }: SourceTokens, position: number): boolean {
  for (let block = position; block >= 0; block = parents[block] as number) {
    const open = parents[block] as number
    if (open < 0 || texts[open] !== '{') continue
    const end = partners[open] as number
    for (let at = block + 1; at < end; at++) {
      if (parents[at] === open && (texts[at] === 'return' || texts[at] === 'break')) {
        const before = texts[at - 1]
        const isConditional =
          before === 'else' || (before === ')' && texts[(partners[at - 1] as number) - 1] === 'if')
        if (!isConditional) return true
      }
    }
    if (texts[open - 1] !== 'try' && texts[open - 1] !== 'else') return false
  }
  return false
}
