// The clauses of one plain statement, read from a fingerprint's text: offsets, so that it can be changed where it has to be
// and stays as it is elsewhere. What is combined with UNION, begins with WITH or holds several statements is not read.

export interface Span {
  start: number
  end: number
}

type ClauseName =
  | 'select'
  | 'from'
  | 'where'
  | 'group by'
  | 'having'
  | 'window'
  | 'order by'
  | 'limit'
  | 'offset'
  | 'fetch'
  | 'for'

/** What stands behind each keyword, up to the next one. */
export type SelectClauses = Partial<Record<ClauseName, Span>> & { select: Span }

interface Word extends Span {
  text: string
  depth: number
}

const WORDS = /"(?:[^"]|"")*"|[()[\]]|,|[^\s()[\],"]+/g

/** Words, names, commas and brackets; a bracket has the depth of what is around it. */
function readWords(text: string): Word[] {
  let depth = 0
  return Array.from(text.matchAll(WORDS), ({ 0: word, index: start }) => {
    if (word === ')' || word === ']') depth--
    const found = { text: word, start, end: start + word.length, depth }
    if (word === '(' || word === '[') depth++
    return found
  })
}

type WriteClauseName = 'table' | 'set' | 'from' | 'using' | 'where' | 'values' | 'on conflict' | 'returning'

/** `table` is what is written to, with its alias; of an INSERT with the list of columns. */
export type WriteClauses = Partial<Record<WriteClauseName, Span>> & { table: Span }

/** By the first word of a clause all of its words. */
const SELECT_CLAUSES = clauseWords(
  'from, where, group by, having, window, order by, limit, offset, fetch, for',
)
const WRITE_CLAUSES: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  'insert into ': clauseWords('values, on conflict, returning'),
  'update ': clauseWords('set, from, where, returning'),
  'delete from ': clauseWords('using, where, returning'),
}
/** What makes another statement of it than one plain one. */
const COMBINING: ReadonlySet<string> = new Set(['union', 'intersect', 'except', ';'])

function clauseWords(names: string): ReadonlyMap<string, string> {
  return new Map(names.split(', ').map((name) => [name.split(' ')[0] as string, name]))
}

export function selectClauses(text: string): SelectClauses | undefined {
  return text.startsWith('select ')
    ? readClauses<SelectClauses>(text, 'select', 'select '.length, SELECT_CLAUSES)
    : undefined
}

/** Of an INSERT of VALUES, an UPDATE or a DELETE. */
export function writeClauses(text: string): WriteClauses | undefined {
  const start = Object.keys(WRITE_CLAUSES).find((words) => text.startsWith(words))
  const names = WRITE_CLAUSES[start ?? '']
  return start && names ? readClauses<WriteClauses>(text, 'table', start.length, names) : undefined
}

function readClauses<Clauses extends Partial<Record<string, Span>>>(
  text: string,
  firstName: string,
  start: number,
  names: ReadonlyMap<string, string>,
): Clauses | undefined {
  const outer = readWords(text).filter((word) => word.depth === 0 && word.start >= start)
  let last: Span = { start, end: text.length }
  const clauses: Record<string, Span> = { [firstName]: last }
  for (const [at, word] of outer.entries()) {
    if (COMBINING.has(word.text)) return undefined
    const name = names.get(word.text)
    if (name === undefined || outer[at - 1]?.text === 'as' || isDistinctFrom(outer, at)) continue
    const second = name.split(' ')[1]
    if (second !== undefined && outer[at + 1]?.text !== second) continue
    // ON CONFLICT DO UPDATE has a WHERE of its own.
    if (clauses['on conflict'] && name !== 'returning') continue
    if (clauses[name]) return undefined
    last.end = word.start - 1
    const end = second === undefined ? word.end : (outer[at + 1]?.end ?? word.end)
    last = { start: text[end] === ' ' ? end + 1 : end, end: text.length }
    clauses[name] = last
  }
  return clauses as Clauses
}

/** `a is distinct from b` has no FROM. */
function isDistinctFrom(outer: readonly Word[], at: number): boolean {
  if (outer[at]?.text !== 'from' || outer[at - 1]?.text !== 'distinct') return false
  return outer[at - 2]?.text === 'is' || (outer[at - 2]?.text === 'not' && outer[at - 3]?.text === 'is')
}

/** Parts between the commas of a clause, brackets apart. */
export function splitAtCommas(text: string, span: Span): Span[] {
  const commas = readWords(text.slice(span.start, span.end)).filter(
    ({ text: word, depth }) => word === ',' && depth === 0,
  )
  return split(text, span, commas)
}

/** Conditions that all have to hold, also those in brackets; one where OR stands between them. */
export function splitAtAnd(text: string, span: Span): Span[] {
  return splitOnceAtAnd(text, span).flatMap((part) => {
    if (!isInBrackets(text, part)) return part
    const inside = splitAtAnd(text, { start: part.start + 1, end: part.end - 1 })
    return inside.length === 1 ? part : inside
  })
}

/** The bracket that it begins with is closed at its end. */
function isInBrackets(text: string, { start, end }: Span): boolean {
  if (text[start] !== '(' || text[end - 1] !== ')') return false
  return readWords(text.slice(start, end - 1)).every(({ depth }, at) => at === 0 || depth > 0)
}

function splitOnceAtAnd(text: string, span: Span): Span[] {
  const words = readWords(text.slice(span.start, span.end)).filter(({ depth }) => depth === 0)
  const ands: Word[] = []
  let cases = 0
  let isBetween = false
  for (const [at, word] of words.entries()) {
    if (word.text === 'or' && cases === 0) return [span]
    if (word.text === 'case') cases++
    else if (word.text === 'end' && words[at - 1]?.text !== 'as') cases--
    else if (word.text === 'between') isBetween = true
    else if (word.text === 'and' && cases === 0) {
      if (!isBetween) ands.push(word)
      isBetween = false
    }
  }
  return split(text, span, ands)
}

function split(text: string, { start, end }: Span, separators: readonly Span[]): Span[] {
  const starts = [start, ...separators.map((separator) => start + separator.end)]
  const ends = [...separators.map((separator) => start + separator.start), end]
  return starts.map((from, at) => trimmed(text, { start: from, end: ends[at] ?? end }))
}

function trimmed(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end]
  while (from < to && text[from] === ' ') from++
  while (to > from && text[to - 1] === ' ') to--
  return { start: from, end: to }
}
