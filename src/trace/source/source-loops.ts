// Whether anything in the application's source repeats what stands at a position: a loop around it, or a function that is
// handed to one such as `map`. What runs a named function from elsewhere is not seen here.
import { argumentsOf, startOfChain } from '../../source/call-chain.ts'
import { LONGEST_TYPE, type SourceTokens } from '../../source/tokens.ts'

/** A loop is around the position, it is in a function that is handed to a call such as `map`, or it is such a call. */
export function isRepeatedAt(tokens: SourceTokens, position: number): boolean {
  const { texts, parents } = tokens
  if (texts[position + 1] === '(' && ITERATES.test(texts[position] as string)) return true
  let at = position
  let leaves = false
  const repeats = (loop: number) => !leaves && !(isCounted(tokens, loop) && leavesAfter(tokens, at))
  while (at >= 0) {
    const open = parents[at] as number
    const before = beforeInStatement(tokens, at)
    leaves ||= before.leaves
    if (before.loop >= 0 && repeats(before.loop)) return true
    const block = open >= 0 && texts[open] === '{' ? blockBefore(tokens, open) : undefined
    if (block?.kind === 'loop' && repeats(block.at)) return true
    const made = block?.kind === 'function' ? block.at : before.arrow
    if (made >= 0) {
      const isReturned = texts[made - 1] === '=>' || texts[made - 1] === 'return'
      const callee = isReturned ? '' : calleeGiven(tokens, made)
      if (callee === undefined) return false
      if (ITERATES.test(callee)) return true
      leaves = false
      at = isReturned ? made : (parents[made] as number)
    } else {
      if (open >= 0 && texts[open] === '(' && isLoopHead(tokens, open, at)) return true
      at = open
    }
  }
  return false
}

/** Where the functions around the position begin, innermost first. */
export function functionsAround(tokens: SourceTokens, position: number): number[] {
  const functions: number[] = []
  let at = position
  while (at >= 0) {
    const open = tokens.parents[at] as number
    const { arrow } = beforeInStatement(tokens, at)
    const block = open >= 0 && tokens.texts[open] === '{' ? blockBefore(tokens, open) : undefined
    const start = arrow < 0 && block?.kind === 'function' ? block.at : arrow
    if (start >= 0) functions.push(start)
    at = start < 0 ? open : (tokens.parents[start] as number)
  }
  return functions
}

/** A loop in the source: a `for … of`, or a call such as `map` that is handed a function. */
export interface EnclosingLoop {
  /** The keyword, or the first token of what the call is made on. */
  start: number
  /** What it goes through. */
  over: readonly [number, number]
  /** What stands for one of them. */
  each: readonly [number, number]
  /** Further parameters of the function. */
  others: readonly (readonly [number, number])[]
  /** Where the part begins that is repeated. */
  body: number
  /** Of a call: its name. */
  callee?: string
}

/** The nearest loop around a position, unless another function lies between. */
export function enclosingLoop(tokens: SourceTokens, position: number): EnclosingLoop | undefined {
  const { texts, parents } = tokens
  let at = position
  while (at >= 0) {
    const open = parents[at] as number
    const before = beforeInStatement(tokens, at)
    if (before.loop >= 0) return forOf(tokens, before.loop)
    const block = open >= 0 && texts[open] === '{' ? blockBefore(tokens, open) : undefined
    if (block?.kind === 'loop') return forOf(tokens, block.at)
    const made = block?.kind === 'function' ? block.at : before.arrow
    if (made >= 0) return callbackLoop(tokens, made)
    at = open
  }
  return undefined
}

/** Whether `await` may stand at a position: in an async function, or outside of all. */
export function mayAwait(tokens: SourceTokens, position: number): boolean {
  const { texts, parents } = tokens
  for (let at = position; at >= 0; at = parents[at] as number) {
    const open = parents[at] as number
    const block = open >= 0 && texts[open] === '{' ? blockBefore(tokens, open) : undefined
    const made = block?.kind === 'function' ? block.at : beforeInStatement(tokens, at).arrow
    if (made >= 0) return texts[made] === 'async' || texts[made - 1] === 'async'
  }
  return true
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
  if (!callee || !ITERATES.test(callee) || callee.startsWith('reduce') || texts[open] !== '(')
    return undefined
  const [first] = argumentsOf(tokens, open)
  const isMethod = first?.[0] === made
  const called = startOfChain(tokens, open - 1)
  const over = isMethod ? objectOfCall(tokens, open) : first
  const parameters = parametersOf(tokens, made)
  const [each, ...others] = parameters?.list ?? []
  if (!over || !each || !parameters || called < 0) return undefined
  return { start: called, over, each, others, body: parameters.behind, callee }
}

/** What `.map(` is called on. */
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

/** Whether a call of this name runs a function that is handed to it once for each of many things. */
export function iterates(name: string): boolean {
  return ITERATES.test(name)
}

/** Calls that run a function once for each of many things, by the last part of their name. */
const ITERATES =
  /^(?:p?[mM]ap|p?[eE]ach|filter|reduce|some$|every$|find$|times$|from$|fromAsync$)|(?:Map|Each|Pool)$|forEach|flatMap/

interface Before {
  /** The keyword of a loop whose body is this statement, without braces. */
  loop: number
  /** Where the arrow function begins whose body is this expression. */
  arrow: number
  /** The statement leaves the loop or the function it is in. */
  leaves: boolean
}

/** What stands before the position in its statement, on the same level of brackets. */
function beforeInStatement(tokens: SourceTokens, position: number): Before {
  const { texts, partners, parents } = tokens
  const open = parents[position] as number
  let leaves = false
  let passesCall = false
  for (let at = position - 1; at > open; at--) {
    const text = texts[at] as string
    if (text === '=>') return { loop: -1, arrow: startOfArrow(tokens, at), leaves: false }
    // The end of a block ends the statement before; that of an object or a function does not, but neither matters.
    if (text === ';' || text === ',' || text === '}') break
    if (text === 'return') leaves = true
    const head = text === ')' || text === ']' ? (partners[at] as number) : -1
    const loop = head < 0 ? -1 : loopKeyword(texts, head)
    if (loop >= 0 && !passesCall) return { loop, arrow: -1, leaves }
    if (endsStatement(tokens, at, head)) break
    if (head < 0) continue
    passesCall ||= texts[head - 1] !== 'if'
    at = head
  }
  return { loop: -1, arrow: -1, leaves }
}

/** Where no semicolon ends it, a new line does that begins with a word after a value. */
function endsStatement({ texts, begins }: SourceTokens, at: number, head: number): boolean {
  if (!begins[at + 1] || !WORD.test(texts[at + 1] ?? '')) return false
  if (head >= 0) return texts[head - 1] !== 'if' && loopKeyword(texts, head) < 0
  return WORD.test(texts[at] as string) && !GOES_ON.has(texts[at] as string)
}

const WORD = /^[\w$]/
const GOES_ON = new Set([
  'return',
  'await',
  'else',
  'do',
  'new',
  'typeof',
  'void',
  'of',
  'in',
  'case',
  'yield',
  'async',
])

/** Of `for (`, `for await (` and `while (`, the position of the keyword; -1 for other brackets. */
function loopKeyword(texts: readonly string[], head: number): number {
  if (texts[head - 1] === 'await' && texts[head - 2] === 'for') return head - 2
  return texts[head - 1] === 'for' || texts[head - 1] === 'while' ? head - 1 : -1
}

function startOfArrow(tokens: SourceTokens, arrow: number): number {
  const { texts, partners } = tokens
  const close = closeOfParameters(tokens, arrow)
  const start = close < 0 ? arrow - 1 : (partners[close] as number)
  return texts[start - 1] === 'async' ? start - 1 : start
}

interface Block {
  kind: 'loop' | 'function' | 'other'
  /** The keyword of the loop, or where the function begins. */
  at: number
}

function blockBefore(tokens: SourceTokens, open: number): Block {
  const { texts, partners } = tokens
  const other: Block = { kind: 'other', at: -1 }
  const last = open - 1
  if (texts[last] === 'do') return { kind: 'loop', at: last }
  if (texts[last] === '=>') return { kind: 'function', at: startOfArrow(tokens, last) }
  const close = closeOfParameters(tokens, open)
  if (close < 0) return other
  const head = partners[close] as number
  const loop = loopKeyword(texts, head)
  if (loop >= 0) return { kind: 'loop', at: loop }
  const name = texts[head - 1] ?? ''
  if (['if', 'switch', 'catch', 'with'].includes(name)) return other
  let start = head - 1
  for (const word of [name, '*']) if (texts[start] === word && texts[start] !== 'function') start--
  if (texts[start] !== 'function') return { kind: 'function', at: head - 1 }
  return { kind: 'function', at: texts[start - 1] === 'async' ? start - 1 : start }
}

/** Of the parameters before the brace or the arrow of a function, behind which a type may stand; -1 where there are none. */
function closeOfParameters({ texts, partners, parents }: SourceTokens, open: number): number {
  const level = parents[open]
  for (let at = open - 1; at >= 0 && at > open - LONGEST_TYPE; at--) {
    const text = texts[at] as string
    if (parents[at] !== level && text !== ')' && text !== ']' && text !== '}') return -1
    if (text === ')') {
      if ((partners[at] as number) < 0) return -1
      if (at === open - 1 || texts[at + 1] === ':') return at
      return -1
    }
    if (text === ']' || text === '}') at = partners[at] as number
    else if (!TYPE_PART.test(text)) return -1
  }
  return -1
}

const TYPE_PART = /^(?:[\w$]+|[.<>|&,:?]|\[|\{)$/

/** The name of the function that is called with the one that begins there; `undefined` where it is handed to none. */
function calleeGiven(tokens: SourceTokens, start: number): string | undefined {
  const { texts, parents } = tokens
  let open = parents[start] as number
  const previous = texts[start - 1] ?? ''
  // A method, or what a name stands for.
  if (previous === ':' || previous === '=' || previous === '}' || previous === ';' || previous === '{')
    return undefined
  if (open >= 0 && texts[open] === '[') open = parents[open] as number
  if (open < 0 || texts[open] !== '(') return undefined
  let name = open - 1
  // `map<Row>(`
  if (texts[name] === '>') while (name > open - LONGEST_TYPE && texts[name + 1] !== '<') name--
  return texts[name] ?? ''
}

/** In the head of a loop: what `for … of` iterates over is asked once, all else in each turn. */
function isLoopHead({ texts, parents }: SourceTokens, open: number, position: number): boolean {
  const loop = loopKeyword(texts, open)
  if (loop < 0) return false
  if (texts[loop] === 'while') return true
  for (let at = open + 1; at < position; at++) if (texts[at] === ';' && parents[at] === open) return true
  return false
}

/** A loop that is no `for … of` and no `for … in` may be one that tries again. */
function isCounted({ texts, partners, parents }: SourceTokens, loop: number): boolean {
  if (texts[loop] !== 'for') return true
  const open = texts[loop + 1] === 'await' ? loop + 2 : loop + 1
  const close = partners[open] as number
  for (let at = open + 1; at < close; at++) {
    if (parents[at] === open && (texts[at] === 'of' || texts[at] === 'in')) return false
  }
  return true
}

/** Behind the statement of the position its block ends with `return` or `break`, whatever happens. */
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
