// The loop around a position with its parts: a `for … of`, or a call such as `map` that is given a function.
import { argumentsOf, startOfChain } from '../../source/call-chain.ts'
import type { SourceTokens } from '../../source/tokens.ts'
import { beforeInStatement, blockAt, calleeGiven, iterates } from './blocks.ts'

export interface EnclosingLoop {
  /** The keyword, or the first token of the expression that is called. */
  start: number
  /** The expression that it iterates over. */
  over: readonly [number, number]
  /** The name or the pattern for one element. */
  each: readonly [number, number]
  /** Further parameters of the function. */
  others: readonly (readonly [number, number])[]
  /** The first token of the repeated part. */
  body: number
  /** The name of the call, if the loop is one. */
  callee?: string
}

/** The nearest loop around a position, unless another function lies between. */
export function enclosingLoop(tokens: SourceTokens, position: number): EnclosingLoop | undefined {
  const { parents } = tokens
  let at = position
  while (at >= 0) {
    const open = parents[at] as number
    const before = beforeInStatement(tokens, at)
    if (before.loop >= 0) return forOf(tokens, before.loop)
    const block = blockAt(tokens, open)
    if (block?.kind === 'loop') return forOf(tokens, block.at)
    const made = block?.kind === 'function' ? block.at : before.arrow
    if (made >= 0) return callbackLoop(tokens, made)
    at = open
  }
  return undefined
}

function forOf({ texts, partners, parents }: SourceTokens, keyword: number): EnclosingLoop | undefined {
  if (texts[keyword] !== 'for' || texts[keyword + 1] !== '(') return undefined
  const open = keyword + 1
  const close = partners[open] as number
  for (let at = open + 1; at < close; at++) {
    if (texts[at] !== 'of' || parents[at] !== open) continue
    const from = DECLARES.has(texts[open + 1] as string) ? open + 2 : open + 1
    return { start: keyword, over: [at + 1, close], each: [from, at], others: [], body: close + 1 }
  }
  return undefined
}

const DECLARES = new Set(['const', 'let', 'var'])

/** `rows.map((row) => …)`, and `mapLimit(rows, 3, (row) => …)`. */
function callbackLoop(tokens: SourceTokens, made: number): EnclosingLoop | undefined {
  const { texts, parents } = tokens
  const callee = calleeGiven(tokens, made)
  const open = parents[made] as number
  if (!callee || !iterates(callee) || callee.startsWith('reduce') || texts[open] !== '(') return undefined
  const [first] = argumentsOf(tokens, open)
  const isMethod = first?.[0] === made
  const called = startOfChain(tokens, open - 1)
  const over = isMethod ? objectOfCall(tokens, open) : first
  const parameters = parametersOf(tokens, made)
  const [each, ...others] = parameters?.list ?? []
  if (!over || !each || !parameters || called < 0) return undefined
  return { start: called, over, each, others, body: parameters.behind, callee }
}

/** The object whose method `.map(` is called. */
function objectOfCall(tokens: SourceTokens, open: number): [number, number] | undefined {
  const { texts } = tokens
  if (texts[open - 2] !== '.' && texts[open - 2] !== '?.') return undefined
  const start = startOfChain(tokens, open - 1)
  return start >= 0 && start < open - 2 ? [start, open - 2] : undefined
}

function parametersOf(
  tokens: SourceTokens,
  made: number,
): { list: [number, number][]; behind: number } | undefined {
  const { texts, partners } = tokens
  let at = texts[made] === 'async' ? made + 1 : made
  if (texts[at] === 'function') while (at < texts.length && texts[at] !== '(') at++
  if (texts[at] !== '(') return { list: [[at, at + 1]], behind: at + 1 }
  return { list: argumentsOf(tokens, at), behind: (partners[at] as number) + 1 }
}
