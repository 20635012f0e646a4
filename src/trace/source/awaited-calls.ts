// Finds in the source which call is awaited. After an `await`, V8's stacks no longer have the call: for Promise.all only its
// number is left, so three calls beside each other look like the turns of a loop. The source shows where each call is. The
// answer is `unknown` when the source cannot be understood.
import { LONGEST_TYPE, type SourceTokens } from '../../source/tokens.ts'
import { iterates } from './blocks.ts'
import { isRepeatedAt } from './repeated-at.ts'

/** One of several calls that are awaited together: its position, `loop` when a loop makes the calls, or `unknown`. */
export type CombinedCall = { at: number; function?: string } | 'loop' | 'unknown'

/** The call with the number `index` among those that Promise.all, any or allSettled awaits at `position`. */
export function combinedCall(tokens: SourceTokens, position: number, index: number): CombinedCall {
  const end = endOfChain(tokens, position)
  const combinator = findCombinator(tokens, position, end)
  if (combinator >= 0) return elementOf(tokens, combinator, index)
  return combinedInCallee(tokens, position, end, index)
}

/** Whether several calls are awaited at `position` without a number: calls in Promise.race, and chains of `then`. */
export function awaitsSeveralCalls(tokens: SourceTokens, position: number): boolean {
  const { texts, partners } = tokens
  const end = endOfChain(tokens, position)
  let isSeveral = false
  for (let at = position; at < end; at++) {
    if (texts[at + 1] === '(' && texts[at - 1] === '.') {
      const name = texts[at] as string
      if (iterates(name)) return false
      if (name === 'race') return elementOf(tokens, at + 1, 0) !== 'loop'
      isSeveral ||= name === 'then'
    }
    if (texts[at] === '(' || texts[at] === '[') at = Math.max(at, partners[at] as number)
  }
  return isSeveral
}

/** The end of the awaited expression: after `await` come names, members, and calls with their arguments. */
function endOfChain({ texts, partners }: SourceTokens, position: number): number {
  let at = position
  while (['await', 'new', 'return', '('].includes(texts[at] as string) && !isCall(texts, at)) at++
  for (let isFirst = true; at < texts.length; at++, isFirst = false) {
    const text = texts[at] as string
    if (text === '(' || text === '[') {
      if ((partners[at] as number) < 0) return at
      at = partners[at] as number
    } else if (NAME.test(text)) {
      if (!isFirst && texts[at - 1] !== '.' && texts[at - 1] !== '?.') return at
    } else if (text !== '.' && text !== '?.' && text !== '!') return at
  }
  return at
}

function isCall(texts: readonly string[], at: number): boolean {
  return (
    texts[at] === '(' &&
    NAME.test(texts[at - 1] ?? '') &&
    texts[at - 1] !== 'await' &&
    texts[at - 1] !== 'return'
  )
}

const NAME = /^[\w$\u0080-\uffff]/

const COMBINATORS = new Set(['all', 'allSettled', 'any'])

/** The position of the bracket after `Promise.all`, between two positions; -1 when there is none. */
function findCombinator({ texts }: SourceTokens, from: number, to: number): number {
  for (let at = from; at <= to - 3; at++) {
    if (texts[at] === 'Promise' && texts[at + 1] === '.' && COMBINATORS.has(texts[at + 2] ?? '')) {
      // At most a type comes before the bracket.
      return texts.indexOf('(', at + 3)
    }
  }
  return -1
}

function elementOf(tokens: SourceTokens, open: number, index: number): CombinedCall {
  const { texts, partners } = tokens
  const first = open + 1
  const close = partners[open] as number
  if (close <= first) return 'unknown'
  if (texts[first] === '[') return elementOfArray(tokens, first, index)
  if (close === first + 1 && NAME.test(texts[first] ?? '')) return elementOfVariable(tokens, first, index)
  return callsSomething(tokens, first, close) ? 'loop' : 'unknown'
}

function callsSomething({ texts }: SourceTokens, from: number, to: number): boolean {
  const at = texts.indexOf('(', from)
  return at >= 0 && at < to
}

function elementOfArray(
  { texts, partners, parents, starts }: SourceTokens,
  open: number,
  index: number,
): CombinedCall {
  const close = partners[open] as number
  // `[1, 2].map(…)`
  if (close < 0 || texts[close + 1] === '.') return 'loop'
  let count = 0
  let begins = open + 1
  for (let at = open + 1; at <= close; at++) {
    if (at !== close && (texts[at] !== ',' || parents[at] !== open)) continue
    if (texts[begins] === '...') return 'loop'
    if (count === index && begins < at) return { at: starts[begins] as number }
    count++
    begins = at + 1
  }
  return 'unknown'
}

/** Promises that are first collected in a variable: by the values that it was given before. */
function elementOfVariable(tokens: SourceTokens, use: number, index: number): CombinedCall {
  const { texts, parents, starts } = tokens
  const name = texts[use]
  const pushed: number[] = []
  for (let at = use - 1; at >= 0; at--) {
    if (texts[at] !== name || texts[at - 1] === '.') continue
    if (texts[at + 1] === '.' && (texts[at + 2] === 'push' || texts[at + 2] === 'unshift')) {
      if (isRepeatedAt(tokens, at)) return 'loop'
      pushed.unshift(starts[at + 4] as number)
      continue
    }
    const value = valueGiven(texts, parents, at)
    if (value < 0) continue
    if (texts[value] !== '[') {
      return callsSomething(tokens, value, endOfChain(tokens, value)) ? 'loop' : 'unknown'
    }
    if (texts[value + 1] !== ']') return elementOfArray(tokens, value, index)
    const position = pushed[index]
    return position === undefined ? 'unknown' : { at: position }
  }
  return 'unknown'
}

/** The value after `name =` or `name: Type =`; -1 when the name gets no value. */
function valueGiven(texts: readonly string[], parents: readonly number[], name: number): number {
  if (texts[name + 1] === '=') return name + 2
  if (texts[name + 1] !== ':') return -1
  for (let at = name + 2; at < name + LONGEST_TYPE && parents[at] === parents[name]; at++) {
    if (texts[at] === '=') return at + 1
    if (texts[at] === ';' || texts[at] === ',') return -1
  }
  return -1
}

/** `await loadAll()` of a function in this file that returns the Promise.all. */
function combinedInCallee(tokens: SourceTokens, from: number, end: number, index: number): CombinedCall {
  const { texts, partners } = tokens
  const open = lastCall(tokens, from, end)
  const name = open > 0 ? (texts[open - 1] as string) : ''
  if (!NAME.test(name)) return 'unknown'
  for (let at = 0; at < texts.length; at++) {
    if (texts[at] !== name) continue
    const body = bodyOfFunction(tokens, at)
    if (!body) continue
    const combinator = findCombinator(tokens, body.from, body.to)
    if (combinator < 0 || (partners[combinator] as number) < 0) return 'unknown'
    const found = elementOf(tokens, combinator, index)
    return typeof found === 'string' ? found : { ...found, function: name }
  }
  return 'unknown'
}

/** The opening bracket of the last call on the outermost level of the chain. */
function lastCall({ texts, partners }: SourceTokens, from: number, end: number): number {
  let last = -1
  for (let at = from; at < end; at++) {
    if (texts[at] === '(') last = at
    if (texts[at] === '(' || texts[at] === '[') at = Math.max(at, partners[at] as number)
  }
  return last
}

/** The body of a function of this name: `function name(`, `name = (`, `name: (` or a method `name(`. */
function bodyOfFunction(
  { texts, partners, parents }: SourceTokens,
  name: number,
): { from: number; to: number } | undefined {
  if (texts[name - 1] === '.' || texts[name - 1] === 'await' || texts[name - 1] === 'return') return undefined
  const next = texts[name + 1]
  let at = name + 1
  if (next === '=' || next === ':') {
    while (['=', ':', 'async', 'function', '*'].includes(texts[at] ?? '')) at++
    // `name = id => …`
    if (texts[at + 1] === '=>') return bodyBehind({ texts, partners }, at + 1)
  }
  if (texts[at] !== '(') return undefined
  const close = partners[at] as number
  if (close < 0) return undefined
  for (let behind = close + 1; behind < close + LONGEST_TYPE && behind < texts.length; behind++) {
    const text = texts[behind]
    if (text === '=>') return bodyBehind({ texts, partners }, behind)
    if (text === '{' && parents[behind] === parents[at]) {
      const isType = texts[behind - 1] === ':' || texts[behind - 1] === '<'
      if (!isType) return { from: behind, to: partners[behind] as number }
    }
    if (text === ';' || text === '.' || text === ',' || text === ')') {
      if (texts[close + 1] !== ':') return undefined
    }
    if (behind === close + 1 && text !== ':' && text !== '{') return undefined
  }
  return undefined
}

function bodyBehind(
  { texts, partners }: Pick<SourceTokens, 'texts' | 'partners'>,
  arrow: number,
): { from: number; to: number } {
  if (texts[arrow + 1] === '{') return { from: arrow + 1, to: partners[arrow + 1] as number }
  let to = arrow + 1
  for (
    ;
    to < texts.length && texts[to] !== ';' && texts[to] !== ',' && !')]}'.includes(texts[to] as string);
    to++
  ) {
    if ('([{'.includes(texts[to] as string)) to = Math.max(to, partners[to] as number)
  }
  return { from: arrow + 1, to }
}
