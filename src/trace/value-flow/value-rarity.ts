// The probability that a value without any relation to a column occurs in that column by chance. The kinds of values and the
// sizes of their domains are estimates, rather too small than too large; src/detectors/n-plus-one.md lists them.

export type ValueKind = 'integer' | 'decimal' | 'uuid' | 'word' | 'text' | 'moment' | 'boolean'

/** The facts about a column's values: the number of different ones, and the integers among them in ascending order. */
export interface ColumnValues {
  distinct: number
  /** Rows of one result share a value, as they do where it is a state or a kind. */
  repeats: boolean
  integers: readonly number[]
}

/** How values are compared with each other; only booleans need to be told from texts. */
export const BOOLEAN_MARK = '\0boolean '

export function kindOf(text: string): ValueKind {
  if (text.startsWith(BOOLEAN_MARK)) return 'boolean'
  if (/^-?(?:0|[1-9]\d{0,17})$/.test(text)) return 'integer'
  if (/^-?\d{1,15}\.\d{1,15}$/.test(text)) return 'decimal'
  if (/^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i.test(text)) return 'uuid'
  if (/^\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,15}(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/.test(text)) return 'moment'
  return text.length <= LONGEST_WORD && /^[a-z _-]*$/i.test(text) ? 'word' : 'text'
}

/** Letters only, no longer than this: perhaps the name of a state, a kind or a language, of which there are few. */
const LONGEST_WORD = 24
/** Members of an enumeration, all of which may be anywhere; further words of a column without repetitions may be names. */
const WORDS_OF_ENUMERATION = 5
const FURTHER_WORD = 1 / 3

const DECIMALS = 1_000
/** By their length: up to so many characters, so many texts. */
const TEXTS: readonly (readonly [characters: number, texts: number])[] = [
  [3, 100],
  [7, 1_000],
  [15, 100_000],
  [Number.POSITIVE_INFINITY, 1e9],
]
const UUIDS = 2 ** 122

/** The probability that all of these different values occur in the column by chance. */
export function chanceOfValues(texts: readonly string[], column: ColumnValues): number {
  let words = 0
  let chance = 1
  for (const text of texts) {
    const kind = kindOf(text)
    if (kind === 'integer') chance *= chanceOfInteger(Number(text), column.integers)
    else if (kind === 'decimal') chance *= share(column.distinct, DECIMALS)
    else if (kind === 'uuid') chance *= share(column.distinct, UUIDS)
    else if (kind === 'text') chance *= share(column.distinct, textsOf(text.length))
    else if (kind === 'word' && !column.repeats && ++words > WORDS_OF_ENUMERATION) chance *= FURTHER_WORD
  }
  return chance
}

function share(values: number, domain: number): number {
  return Math.min(1, values / domain)
}

function textsOf(length: number): number {
  return TEXTS.find(([characters]) => length <= characters)?.[1] ?? 1
}

/** How many of the integers of about its size, from half of it to twice it, the column holds, up to its largest. */
function chanceOfInteger(value: number, integers: readonly number[]): number {
  const size = Math.abs(value)
  const lowest = Math.ceil(size / 2)
  const highest = Math.min(size * 2, Math.max(size, Math.abs(integers.at(-1) ?? size)))
  const [from, to] = value < 0 ? [-highest, -lowest] : [lowest, highest]
  return share(countUntil(integers, to) - countUntil(integers, from - 1), to - from + 1)
}

function countUntil(sorted: readonly number[], most: number): number {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sorted[middle] as number) <= most) from = middle + 1
    else to = middle
  }
  return from
}
