// The functions around a position.
import type { SourceTokens } from '../../source/tokens.ts'
import { beforeInStatement, blockAt } from './blocks.ts'

/** Where the functions around the position begin, innermost first. */
export function functionsAround(tokens: SourceTokens, position: number): number[] {
  const functions: number[] = []
  let at = position
  while (at >= 0) {
    const open = tokens.parents[at] as number
    const { arrow } = beforeInStatement(tokens, at)
    const block = blockAt(tokens, open)
    const start = arrow < 0 && block?.kind === 'function' ? block.at : arrow
    if (start >= 0) functions.push(start)
    at = start < 0 ? open : (tokens.parents[start] as number)
  }
  return functions
}

/** Whether `await` is allowed at a position: in an async function, or outside of all functions. */
export function mayAwait(tokens: SourceTokens, position: number): boolean {
  const { texts, parents } = tokens
  for (let at = position; at >= 0; at = parents[at] as number) {
    const block = blockAt(tokens, parents[at] as number)
    const made = block?.kind === 'function' ? block.at : beforeInStatement(tokens, at).arrow
    if (made >= 0) return texts[made] === 'async' || texts[made - 1] === 'async'
  }
  return true
}

/** The braces of the innermost function with a body in braces around a position. */
export function functionBodyAround(
  tokens: SourceTokens,
  position: number,
): readonly [open: number, close: number] | undefined {
  const { parents, partners } = tokens
  if (position < 0) return undefined
  for (let open = parents[position] as number; open >= 0; open = parents[open] as number) {
    if (blockAt(tokens, open)?.kind !== 'function') continue
    const close = partners[open] as number
    return close < 0 ? undefined : [open, close]
  }
  return undefined
}
