// The steps to find the loop or function around a token: reading backwards in its statement, and before the braces around
// it.
import { LONGEST_TYPE, type SourceTokens } from '../../source/tokens.ts'

export interface Before {
  /** The keyword of a loop whose body is this statement, without braces; -1 when there is none. */
  loop: number
  /** The start of the arrow function whose body is this expression; -1 when there is none. */
  arrow: number
  /** Whether the statement leaves the loop or the function around it. */
  leaves: boolean
}

/** Reads backwards from the position to the start of its statement, on the same level of brackets. */
export function beforeInStatement(tokens: SourceTokens, position: number): Before {
  const { texts, partners, parents } = tokens
  const open = parents[position] as number
  let leaves = false
  let passesCall = false
  for (let at = position - 1; at > open; at--) {
    const text = texts[at] as string
    if (text === '=>') return { loop: -1, arrow: startOfArrow(tokens, at), leaves: false }
    // The end of a block ends the statement before. The end of an object or a function does not, but neither matters here.
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

/** Without a semicolon, a statement ends before a new line that begins with a word after a value. */
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

/** The position of the keyword in `for (`, `for await (` and `while (`; -1 for other brackets. */
export function loopKeyword(texts: readonly string[], head: number): number {
  if (texts[head - 1] === 'await' && texts[head - 2] === 'for') return head - 2
  return texts[head - 1] === 'for' || texts[head - 1] === 'while' ? head - 1 : -1
}

function startOfArrow(tokens: SourceTokens, arrow: number): number {
  const { texts, partners } = tokens
  const close = closeOfParameters(tokens, arrow)
  const start = close < 0 ? arrow - 1 : (partners[close] as number)
  return texts[start - 1] === 'async' ? start - 1 : start
}

export interface Block {
  kind: 'loop' | 'function' | 'other'
  /** The keyword of the loop, or the start of the function. */
  at: number
}

/** The loop or function whose block this brace opens; `undefined` for a token that is no brace. */
export function blockAt(tokens: SourceTokens, open: number): Block | undefined {
  const { texts, partners } = tokens
  if (open < 0 || texts[open] !== '{') return undefined
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

/**
 * The end of the parameters before the brace or the arrow of a function; -1 when there are none. The type of the result may be
 * between them.
 */
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

/** The name of the function that is called with the one that begins here; `undefined` when it is no argument of a call. */
export function calleeGiven(tokens: SourceTokens, start: number): string | undefined {
  const { texts, parents } = tokens
  let open = parents[start] as number
  const previous = texts[start - 1] ?? ''
  // The function is a method, or the value of a name.
  if (previous === ':' || previous === '=' || previous === '}' || previous === ';' || previous === '{')
    return undefined
  if (open >= 0 && texts[open] === '[') open = parents[open] as number
  if (open < 0 || texts[open] !== '(') return undefined
  let name = open - 1
  // A type may come before the bracket: `map<Row>(`.
  if (texts[name] === '>') while (name > open - LONGEST_TYPE && texts[name + 1] !== '<') name--
  return texts[name] ?? ''
}

/** Calls that run a function once for each of many things, by the last part of their name. */
const ITERATES =
  /^(?:p?[mM]ap|p?[eE]ach|filter|reduce|some$|every$|find$|times$|from$|fromAsync$)|(?:Map|Each|Pool)$|forEach|flatMap/

/** Whether a call of this name runs a function that it is given once for each of many things. */
export function iterates(name: string): boolean {
  return ITERATES.test(name)
}
