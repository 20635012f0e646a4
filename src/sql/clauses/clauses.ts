// Finds the clauses of one simple statement in a fingerprint's text. The result consists of offsets, so that a statement can
// be edited in one place and stay unchanged elsewhere. Statements with UNION or WITH, and texts with several statements, are
// not read.

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

/** The text after each keyword, up to the next keyword. */
export type SelectClauses = Partial<Record<ClauseName, Span>> & { select: Span }

interface Word extends Span {
  text: string
  depth: number
}

const WORDS = /"(?:[^"]|"")*"|[()[\]]|,|[^\s()[\],"]+/g

/** Words, names, commas and brackets. A bracket has the depth of the text around it. */
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

/** `table` is the written table with its alias; for an INSERT also with its list of columns. */
export type WriteClauses = Partial<Record<WriteClauseName, Span>> & { table: Span }

/** All words of a clause's keyword, by the first of them. */
const SELECT_CLAUSES = clauseWords(
  'from, where, group by, having, window, order by, limit, offset, fetch, for',
)
const WRITE_CLAUSES: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  'insert into ': clauseWords('values, on conflict, returning'),
  'update ': clauseWords('set, from, where, returning'),
  'delete from ': clauseWords('using, where, returning'),
}
/** Words that show that the text is more than one simple statement. */
const COMBINING: ReadonlySet<string> = new Set(['union', 'intersect', 'except', ';'])

function clauseWords(names: string): ReadonlyMap<string, string> {
  return new Map(names.split(', ').map((name) => [name.split(' ')[0] as string, name]))
}

export function selectClauses(text: string): SelectClauses | undefined {
  return text.startsWith('select ')
    ? readClauses<SelectClauses>(text, 'select', 'select '.length, SELECT_CLAUSES)
    : undefined
}

/** The clauses of an INSERT with VALUES, an UPDATE or a DELETE. */
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
    // ON CONFLICT DO UPDATE has its own WHERE.
    if (clauses['on conflict'] && name !== 'returning') continue
    if (clauses[name]) return undefined
    last.end = word.start - 1
    const end = second === undefined ? word.end : (outer[at + 1]?.end ?? word.end)
    last = { start: text[end] === ' ' ? end + 1 : end, end: text.length }
    clauses[name] = last
  }
  return clauses as Clauses
}

/** The FROM of `a is distinct from b` begins no clause. */
function isDistinctFrom(outer: readonly Word[], at: number): boolean {
  if (outer[at]?.text !== 'from' || outer[at - 1]?.text !== 'distinct') return false
  return outer[at - 2]?.text === 'is' || (outer[at - 2]?.text === 'not' && outer[at - 3]?.text === 'is')
}

/** The parts of a clause between its commas. Commas inside brackets do not count. */
export function splitAtCommas(text: string, span: Span): Span[] {
  const commas = readWords(text.slice(span.start, span.end)).filter(
    ({ text: word, depth }) => word === ',' && depth === 0,
  )
  return split(text, span, commas)
}

/** The conditions that AND joins, also inside brackets. An OR makes a single condition of them. */
export function splitAtAnd(text: string, span: Span): Span[] {
  return splitOnceAtAnd(text, span).flatMap((part) => {
    if (!isInBrackets(text, part)) return part
    const inside = splitAtAnd(text, { start: part.start + 1, end: part.end - 1 })
    return inside.length === 1 ? part : inside
  })
}

/** True when the bracket that opens at the beginning closes at the end. */
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
