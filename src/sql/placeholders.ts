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
    const column = COLUMN.exec(before)?.[1]
    return [{ start, role: roleOf(before), ...(column ? { column } : {}) }]
  })
}

const QUOTED_NAME_OR_VALUE = /"(?:[^"]|"")*"|\?/g
/** Two names of 63 bytes with quotes, a dot and the longest operator. */
const LONGEST_COMPARISON = 160
const COLUMN = /((?:(?:"[^"]+"|[\w$]+)\.)*(?:"[^"]+"|[\w$]+))\s*(?:=|<=?|>=?|in ?\(|= ?any ?\()\s*$/i

function roleOf(before: string): Placeholder['role'] {
  if (/\b(?:limit|fetch (?:first|next))\s*$/i.test(before)) return 'limit'
  if (/\boffset\s*$/i.test(before)) return 'offset'
  if (/[<>]=?\s*(?:\((?:\?,\s*)*)?$/.test(before)) return 'range'
  if (/=\s*$/.test(before)) return 'equals'
  if (/(?:\bin|= ?any) ?\(\s*$/i.test(before)) return 'list'
  return 'other'
}
