// Makes the shape of a path: each segment that is no word becomes a star. The shape names requests to servers without a
// framework, and groups requests before their route is known. A short slug looks like a word: `page-names.ts` recognises slugs
// by the other words at the same position.

export function pathShape(url: string): string {
  let shape = ''
  let start = 0
  const { length } = url
  for (let at = 0; at <= length; at++) {
    const code = at < length ? url.charCodeAt(at) : END
    const isEnd = code === END || code === QUESTION_MARK || code === HASH
    if (!isEnd && code !== SLASH) continue
    const segment = url.slice(start, at)
    shape += isWord(segment) ? segment : '*'
    if (isEnd) break
    shape += '/'
    start = at + 1
  }
  return shape
}

const END = -1
const SLASH = 47
const QUESTION_MARK = 63
const HASH = 35
const LONGEST_WORD = 20

/** Up to three words of letters (`order-items`), or a version (`v1`). A segment with a dot or another digit is a value. */
function isWord(segment: string): boolean {
  return segment.length <= LONGEST_WORD && /^(?:[a-z]+(?:[-_][a-z]+){0,2}|v\d{1,2})?$/i.test(segment)
}
