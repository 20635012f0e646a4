// What stands at each `?` of a fingerprint's text: what it is compared with, or which part of the page it is. Read from
// the text alone, so it says `other` wherever the words before the `?` do not settle it.

export interface Placeholder {
  /** Offset in the text. */
  start: number
  /** `list` is IN and ANY, `range` a comparison by `<` or `>`. */
  role: 'equals' | 'list' | 'range' | 'limit' | 'offset' | 'other'
  /** The column it is compared with, as written. */
  column?: string
}

/** In the order of `statementValues`, unless the statement uses the operator `?` of jsonb: then there are more. */
export function readPlaceholders(text: string): Placeholder[] {
  return [...text.matchAll(QUOTED_NAME_OR_VALUE)].flatMap(({ 0: found, index: start }) => {
    if (found !== '?') return []
    const before = text.slice(Math.max(0, start - LONGEST_COMPARISON), start)
    const column = columnOf(before)
    return [{ start, role: roleOf(before), ...(column ? { column } : {}) }]
  })
}

const QUOTED_NAME_OR_VALUE = /"(?:[^"]|"")*"|\?/g
/** Two names of 63 bytes with quotes, a dot and the longest operator. */
const LONGEST_COMPARISON = 160
const COMPARISON = / ?(?:<=?|>=?|=|\bin ?\(|= ?any ?\() ?$/i
/** Everything beyond ASCII may be part of a name. */
const NAME_CHARACTER = /[\w$\u0080-\uffff]/

/** The name before the comparison that the text ends in, with what it is qualified by. */
function columnOf(before: string): string | undefined {
  const end = COMPARISON.exec(before)?.index ?? 0
  let start = partBefore(before, end)
  while (start < end && before[start - 1] === '.') {
    const qualifier = partBefore(before, start - 1)
    if (qualifier === start - 1) break
    start = qualifier
  }
  return start < end ? before.slice(start, end) : undefined
}

/** Where the name starts that ends here; there itself when none does. */
function partBefore(text: string, end: number): number {
  if (text[end - 1] === '"') {
    const open = text.lastIndexOf('"', end - 2)
    return open >= 0 && open < end - 2 ? open : end
  }
  let start = end
  while (start > 0 && NAME_CHARACTER.test(text[start - 1] as string)) start--
  return start
}

function roleOf(before: string): Placeholder['role'] {
  if (/\b(?:limit|fetch (?:first|next))\s*$/i.test(before)) return 'limit'
  if (/\boffset\s*$/i.test(before)) return 'offset'
  if (/[<>]=?\s*(?:\((?:\?,\s*)*)?$/.test(before)) return 'range'
  if (/=\s*$/.test(before)) return 'equals'
  if (/(?:\bin|= ?any) ?\(\s*$/i.test(before)) return 'list'
  return 'other'
}
