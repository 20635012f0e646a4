// The code of a source without its strings, comments and lists of selected columns, each replaced by blanks, so that
// positions stay. What stands in `${…}` of a template is code, and so is the string in `row['name']`.

export function codeOnly(source: string): string {
  const code = [...blanked(source)].join('')
  return withoutColumnLists(code)
}

function* blanked(source: string): Generator<string> {
  /** For each open `${` how many brackets are open in it. */
  const holes: number[] = []
  let at = 0
  let done = 0
  const take = (end: number, isCode: boolean) => {
    const text = source.slice(done, end)
    done = end
    at = end
    return isCode ? text : text.replace(/[^\n]/g, ' ')
  }
  while (at < source.length) {
    const character = source[at]
    const brackets = holes.at(-1)
    const isEndOfHole = character === '}' && brackets === 0
    if (brackets !== undefined && character === '{') holes[holes.length - 1] = brackets + 1
    if (brackets !== undefined && character === '}') holes[holes.length - 1] = brackets - 1
    if (character === '/' && (source[at + 1] === '/' || source[at + 1] === '*')) {
      yield take(at, true)
      const isLine = source[at + 1] === '/'
      const end = source.indexOf(isLine ? '\n' : '*/', at + 2)
      yield take(end < 0 ? source.length : end + (isLine ? 0 : 2), false)
    } else if (character === "'" || character === '"') {
      const isKey = /[\w$)\]]\s*\[$/.test(source.slice(Math.max(0, at - 3), at))
      yield take(at, true)
      yield take(endOfString(source, at, character), isKey)
    } else if (character === '`' || isEndOfHole) {
      if (isEndOfHole) holes.pop()
      yield take(at + 1, true)
      const end = endOfTemplatePart(source, at)
      const isHole = source[end] === '$'
      if (isHole) holes.push(0)
      yield take(Math.min(source.length, end + (isHole ? 2 : 1)), false)
    } else at++
  }
  yield take(source.length, true)
}

function endOfString(source: string, start: number, quote: string): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === quote) return at + 1
    // A quote in a regular expression opens no string.
    else if (source[at] === '\n') return at
  }
  return source.length
}

function endOfTemplatePart(source: string, start: number): number {
  for (let at = start; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '`' || (source[at] === '$' && source[at + 1] === '{')) return at
  }
  return source.length
}

/** `select({ … })` and `columns: { … }` name columns to fetch them, not to read them. */
function withoutColumnLists(code: string): string {
  let result = ''
  let done = 0
  for (const { 0: found, index } of code.matchAll(COLUMN_LIST)) {
    if (index < done) continue
    const start = index + found.length - 1
    let depth = 0
    let end = start
    for (; end < code.length; end++) {
      if (code[end] === '{') depth++
      else if (code[end] === '}' && --depth === 0) break
    }
    result += code.slice(done, start + 1) + code.slice(start + 1, end).replace(/[^\n]/g, ' ')
    done = end
  }
  return result + code.slice(done)
}

const COLUMN_LIST = /\b(?:(?:select|selectDistinct|returning)\(|columns:) ?\{/g
