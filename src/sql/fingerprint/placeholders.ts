// Describes each `?` of a fingerprint's text: the comparison it belongs to, or its part in the page (LIMIT, OFFSET). Only the
// text is read, so the role is `other` unless the words before the `?` decide it.

export interface Placeholder {
  /** Offset in the text. */
  start: number
  /** `list` is IN and ANY, `range` is a comparison by `<` or `>`. */
  role: 'equals' | 'list' | 'range' | 'limit' | 'offset' | 'other'
  /** The compared column, as written. */
  column?: string
}

/**
 * Returns the placeholders in the order of `statementValues`. A statement with jsonb's operator `?` has more placeholders
 * than values.
 */
export function readPlaceholders(text: string): Placeholder[] {
  return [...text.matchAll(QUOTED_NAME_OR_VALUE)].flatMap(({ 0: found, index: start }) => {
    if (found !== '?') return []
    const before = text.slice(Math.max(0, start - LONGEST_COMPARISON), start)
    const column = columnOf(before)
    return [{ start, role: roleOf(before), ...(column ? { column } : {}) }]
  })
}

const QUOTED_NAME_OR_VALUE = /"(?:[^"]|"")*"|\?/g
/** The length of two names of 63 bytes with quotes, a dot and the longest operator. */
const LONGEST_COMPARISON = 160
const COMPARISON = / ?(?:<=?|>=?|=|\bin ?\(|= ?any ?\() ?$/i
/** Every character beyond ASCII may be part of a name. */
const NAME_CHARACTER = /[\w$\u0080-\uffff]/

/** The name before the comparison at the end of the text, with its qualifier. */
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

/** The start of the name that ends at `end`, or `end` itself when there is no name. */
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
