// The path of a request with a star for what is no word: it names requests to servers without a framework, and says what is
// known of a name before a route has taken the request. An id is a value, and a name for each would be no name. A short slug
// cannot be told from a word by itself: `page-names.ts` tells it by what else stands there.

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

/** Up to three words of letters, as in `order-items`, and versions: `v1`. What has a dot or a digit is a value. */
function isWord(segment: string): boolean {
  return segment.length <= LONGEST_WORD && /^(?:[a-z]+(?:[-_][a-z]+){0,2}|v\d{1,2})?$/i.test(segment)
}
