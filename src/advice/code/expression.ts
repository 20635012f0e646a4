// Reads an expression of the application's source from its text: its calls, their arguments, and where it mentions the names
// of a loop. A new expression is a copy of the text with some parts replaced.
import { argumentsOf, type CallChain, isName, readChain } from '../../source/call-chain.ts'
import { readTokens, type SourceTokens } from '../../source/tokens.ts'

export interface Expression extends CallChain {
  text: string
  tokens: SourceTokens
  /** The object of the first call, such as `db` or `this.pool`. Empty when the first call is a function. */
  root: string
}

/** The first token, and the token after the last. */
export type Range = readonly [number, number]

/** Returns `undefined` for a text that is no chain of calls. */
export function readExpression(text: string): Expression | undefined {
  const tokens = readTokens(text)
  const chain = readChain(tokens, 0)
  const [first] = chain?.calls ?? []
  if (!chain || !first || chain.end !== tokens.texts.length) return undefined
  const end = nameOf(tokens, first.open) - 1
  return { ...chain, text, tokens, root: end > 0 ? textOf({ text, tokens }, [0, end]) : '' }
}

/** The token of the called name, which comes before the bracket or before a type argument. */
function nameOf({ texts }: SourceTokens, open: number): number {
  let at = open - 1
  if (texts[at] === '>') {
    let depth = 0
    for (; at > 0; at--) {
      if (texts[at] === '>') depth++
      if (texts[at] === '<' && --depth === 0) break
    }
    at--
  }
  return at
}

export function textOf({ text, tokens }: Pick<Expression, 'text' | 'tokens'>, [from, to]: Range): string {
  return from < to ? text.slice(tokens.starts[from], tokens.ends[to - 1]) : ''
}

/** How often variables with one of the names are used between two tokens. */
export function countMentions(
  { tokens: { texts } }: Pick<Expression, 'tokens'>,
  [from, to]: Range,
  names: readonly string[],
): number {
  let count = 0
  for (let at = from; at < to; at++) {
    const isMember = texts[at - 1] === '.' || texts[at - 1] === '?.'
    const isKey = texts[at + 1] === ':' && (texts[at - 1] === '{' || texts[at - 1] === ',')
    if (!isMember && !isKey && names.includes(texts[at] as string)) count++
  }
  return count
}

/** The text with some ranges replaced. The ranges must not overlap. */
export function withReplaced(
  { text, tokens }: Pick<Expression, 'text' | 'tokens'>,
  replacements: readonly { range: Range; by: string }[],
): string {
  let result = ''
  let done = 0
  for (const { range, by } of [...replacements].sort((a, b) => a.range[0] - b.range[0])) {
    const [from, to] = range
    result += text.slice(done, tokens.starts[from]) + by
    done = tokens.ends[to - 1] as number
  }
  return result + text.slice(done)
}

/** A line of at most this many characters is not broken. */
const LINE_LENGTH = 90

/** The text of a chain. When the chain is long, each call gets a line of its own. */
export function inLines(text: string): string {
  const expression = text.length > LINE_LENGTH && !text.includes('\n') ? readExpression(text) : undefined
  if (!expression || expression.root === '' || expression.calls.length < 2) return text
  const { tokens } = expression
  let result = expression.root
  let done = expression.root.length
  for (const { close } of expression.calls) {
    const end = tokens.ends[close] as number
    result += `\n  ${text.slice(done, end)}`
    done = end
  }
  return result + text.slice(done)
}

/** One entry of an object literal. */
export interface Entry {
  name: string
  value: Range
}

/** The entries of an object literal. Returns `undefined` for any other code, and for entries such as spreads and methods. */
export function entriesOf({ tokens }: Pick<Expression, 'tokens'>, [from, to]: Range): Entry[] | undefined {
  const { texts, partners } = tokens
  if (texts[from] !== '{' || partners[from] !== to - 1) return undefined
  const entries: Entry[] = []
  for (const [first, behind] of argumentsOf(tokens, from)) {
    if (!isName(texts[first])) return undefined
    const isShort = behind === first + 1
    if (!isShort && texts[first + 1] !== ':') return undefined
    entries.push({ name: texts[first] as string, value: isShort ? [first, behind] : [first + 2, behind] })
  }
  return entries
}

/** The call, such as `eq(a, b)`, if the range is exactly one call. */
export function callAt(
  { tokens }: Pick<Expression, 'tokens'>,
  [from, to]: Range,
): { name: string; args: readonly Range[] } | undefined {
  const chain = readChain(tokens, from)
  const [call] = chain?.calls ?? []
  return chain?.end === to && chain.calls.length === 1 && call
    ? { name: call.name, args: call.args }
    : undefined
}
