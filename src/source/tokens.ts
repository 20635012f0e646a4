// Cuts JavaScript or TypeScript into words and brackets, just well enough to see what encloses a position. It is no
// parser: comments, texts and regular expressions are skipped, and types are read as if they were code.

export interface SourceTokens {
  readonly texts: readonly string[]
  /** The position in the source where each token begins. */
  readonly starts: readonly number[]
  /** The position where each token ends. A part of a template ends with the text after it. */
  readonly ends: readonly number[]
  /** The token that is the partner of a bracket; -1 for all other tokens, and for a bracket without a partner. */
  readonly partners: readonly number[]
  /** The token of the opening bracket that encloses each token; -1 outside of all brackets. */
  readonly parents: readonly number[]
  /** Whether a token is the first of its line. */
  readonly begins: readonly boolean[]
  /** The position where each line begins. */
  readonly lines: readonly number[]
}

/** The number of tokens that the type after a name, or after the parameters of a function, may have. */
export const LONGEST_TYPE = 40

/** The token at a line and column, or the next one; -1 when there is none. */
export function tokenAt({ starts, lines }: SourceTokens, line: number, column = 1): number {
  const begin = lines[line - 1]
  if (begin === undefined) return -1
  const offset = begin + column - 1
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] as number) < offset) low = middle + 1
    else high = middle
  }
  return low < starts.length ? low : -1
}

export function readTokens(source: string): SourceTokens {
  const texts: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  const partners: number[] = []
  const parents: number[] = []
  const begins: boolean[] = []
  const lines = startsOfLines(source)
  const open: number[] = []
  let line = 0
  let at = 0

  const add = (text: string, start: number, end = start + text.length) => {
    const index = texts.length
    const isClosing = text.length === 1 && CLOSING.includes(text)
    const opener = isClosing ? (open.pop() ?? -1) : -1
    texts.push(text)
    starts.push(start)
    ends.push(end)
    partners.push(opener)
    parents.push(open.at(-1) ?? -1)
    begins.push(index === 0 || (lines[line + 1] ?? Number.POSITIVE_INFINITY) <= start)
    while ((lines[line + 1] ?? Number.POSITIVE_INFINITY) <= start) line++
    if (opener >= 0) partners[opener] = index
    if (text === '${' || (text.length === 1 && OPENING.includes(text))) open.push(index)
    return opener
  }

  /** Skips the text of a template that begins after its backtick, or after the brace that ends a part of code in it. */
  const skipTemplate = (from: number): number => {
    const last = ends.length - 1
    for (let end = from; end < source.length; end++) {
      if (source[end] === '\\') end++
      else if (source[end] === '`') {
        ends[last] = end + 1
        return end + 1
      } else if (source[end] === '$' && source[end + 1] === '{') {
        ends[last] = end
        add('${', end)
        return end + 2
      }
    }
    return source.length
  }

  while (at < source.length) {
    const char = source[at] as string
    const next = source[at + 1]
    if (char === '/' && next === '/') at = endOfLine(source, at)
    else if (char === '/' && next === '*') at = behind(source, '*/', at + 2)
    else if (char === '"' || char === "'") {
      const end = skipText(source, at)
      if (end > at + 1) add(TEXT, at, end)
      at = end
    } else if (char === '`') {
      add('`', at)
      at = skipTemplate(at + 1)
    } else if (char === '/' && beginsExpression(texts)) at = skipRegularExpression(source, at)
    else if (isWordPart(char)) {
      let end = at + 1
      while (end < source.length && isWordPart(source[end] as string)) end++
      add(source.slice(at, end), at)
      at = end
    } else if (char > ' ') {
      const text = MARKS.find((mark) => source.startsWith(mark, at)) ?? char
      const opener = add(text, at)
      at += text.length
      if (text === '}' && texts[opener] === '${') at = skipTemplate(at)
    } else at++
  }
  return { texts, starts, ends, partners, parents, begins, lines }
}

/** The token of every text in quotes. */
export const TEXT = "'"
const OPENING = '([{'
const CLOSING = ')]}'
/** Marks of several characters, each read as one token. The longer marks come first. */
const MARKS = ['...', '===', '!==', '=>', '==', '!=', '<=', '>=', '?.', '??', '&&', '||']

function startsOfLines(source: string): number[] {
  const lines = [0]
  for (let end = source.indexOf('\n'); end >= 0; end = source.indexOf('\n', end + 1)) lines.push(end + 1)
  return lines
}

function isWordPart(char: string): boolean {
  const code = char.charCodeAt(0)
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code > 127
  )
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from)
  return end < 0 ? source.length : end
}

function behind(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from)
  return end < 0 ? source.length : end + mark.length
}

/** A quote whose text does not end in its line is an apostrophe, as in JSX. */
function skipText(source: string, from: number): number {
  const quote = source[from]
  for (let end = from + 1; end < source.length && source[end] !== '\n'; end++) {
    if (source[end] === '\\') end++
    else if (source[end] === quote) return end + 1
  }
  return from + 1
}

function skipRegularExpression(source: string, from: number): number {
  let inClass = false
  for (let end = from + 1; end < source.length && source[end] !== '\n'; end++) {
    const char = source[end]
    if (char === '\\') end++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return end + 1
  }
  return from + 1
}

const BEFORE_EXPRESSION = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'else',
  'do',
  'await',
  'yield',
])

/** A slash begins a regular expression when no value can have ended just before it. */
function beginsExpression(texts: readonly string[]): boolean {
  const last = texts.at(-1)
  if (last === undefined || BEFORE_EXPRESSION.has(last)) return true
  return (
    last !== ')' &&
    last !== ']' &&
    last !== '}' &&
    last !== '`' &&
    last !== TEXT &&
    !isWordPart(last[0] as string)
  )
}
