// Reads a chain of calls in the source, such as `db.select().from(orders).where(eq(orders.id, id))`: where it begins and
// ends, and the arguments of each call. The reader follows tokens and knows no grammar. It returns nothing for code that it
// cannot follow.
import { LONGEST_TYPE, type SourceTokens } from './tokens.ts'

interface ChainCall {
  name: string
  /** For each argument, its first token and the token after its last. */
  args: readonly (readonly [number, number])[]
  /** The brackets around the arguments. */
  open: number
  close: number
}

export interface CallChain {
  start: number
  /** The token after its last. */
  end: number
  calls: readonly ChainCall[]
}

/** The chain around a token that is a name or a bracket of a call. */
export function chainAround(tokens: SourceTokens, position: number): CallChain | undefined {
  const start = startOfChain(tokens, position)
  return start < 0 ? undefined : readChain(tokens, start)
}

/** The start of the chain of names, calls and members that this token is a part of; -1 when there is none. */
export function startOfChain({ texts, partners }: SourceTokens, position: number): number {
  let at = position
  for (;;) {
    // Step back from the end of a call or of an index to its name.
    while (texts[at] === ')' || texts[at] === ']' || texts[at] === '!') {
      if (texts[at] === '!') {
        at--
        continue
      }
      const open = partners[at] as number
      if (open < 0) return -1
      const before = behindType(texts, open - 1)
      const isCalled = isName(texts[before]) || (texts[before - 1] === '.' && isWord(texts[before]))
      if (!isCalled && texts[before] !== ')' && texts[before] !== ']') {
        return texts[at] === ')' ? open : -1
      }
      at = before
    }
    const isMember = texts[at - 1] === '.' || texts[at - 1] === '?.'
    if (!isMember) return isName(texts[at]) ? at : -1
    if (!isWord(texts[at])) return -1
    at -= 2
  }
}

/** Reads from the first token of a chain to its end. */
export function readChain({ texts, partners, parents }: SourceTokens, start: number): CallChain | undefined {
  const calls: ChainCall[] = []
  let at = start
  if (texts[at] === '(') at = (partners[at] as number) + 1
  else if (isName(texts[at])) at++
  else return undefined
  while (at > start && at < texts.length) {
    const text = texts[at] as string
    if ((text === '.' || text === '?.') && isWord(texts[at + 1])) at += 2
    else if (text === '!' && texts[at + 1] !== '=') at++
    else if (text === '[') at = (partners[at] as number) + 1
    else if (text === '(' || text === '<') {
      const open = text === '(' ? at : openBehindType(texts, at)
      if (open < 0) break
      const close = partners[open] as number
      if (close < 0) return undefined
      calls.push({
        name: texts[at - 1] as string,
        args: argumentsOf({ texts, partners, parents }, open),
        open,
        close,
      })
      at = close + 1
    } else break
  }
  return at > start ? { start, end: at, calls } : undefined
}

/** The parts between commas directly inside a pair of brackets. */
export function argumentsOf(
  { texts, partners, parents }: Pick<SourceTokens, 'texts' | 'partners' | 'parents'>,
  open: number,
): [number, number][] {
  const close = partners[open] as number
  const parts: [number, number][] = []
  let from = open + 1
  for (let at = from; at <= close; at++) {
    if (at !== close && (texts[at] !== ',' || parents[at] !== open)) continue
    if (at > from) parts.push([from, at])
    from = at + 1
  }
  return parts
}

const KEYWORDS = new Set(
  'await return typeof void new delete yield throw case in of if while for else do instanceof'.split(' '),
)

export function isName(text: string | undefined): text is string {
  return isWord(text) && !KEYWORDS.has(text)
}

/** After a dot a keyword is a name as well: `db.delete(orders)`. */
function isWord(text: string | undefined): text is string {
  return text !== undefined && /^[\p{L}_$#]/u.test(text)
}

/** The name before a type argument `<Row>` that ends here. */
function behindType(texts: readonly string[], end: number): number {
  if (texts[end] !== '>') return end
  let depth = 0
  for (let at = end; at >= 0 && at > end - LONGEST_TYPE; at--) {
    if (texts[at] === '>') depth++
    if (texts[at] === '<' && --depth === 0) return at - 1
  }
  return end
}

/** The opening bracket of the call after a type argument `<Row>`; -1 for a comparison. */
function openBehindType(texts: readonly string[], start: number): number {
  let depth = 0
  for (let at = start; at < texts.length && at < start + LONGEST_TYPE; at++) {
    const text = texts[at] as string
    if (text === '<') depth++
    else if (text === '>') {
      if (--depth === 0) return texts[at + 1] === '(' ? at + 1 : -1
    } else if (!TYPE_PART.test(text)) return -1
  }
  return -1
}

const TYPE_PART = /^(?:[\w$']+|[.|&,:;?[\]{}()]|=>)$/
