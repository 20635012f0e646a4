// The clauses of the outermost query alone: a fingerprint's text without what stands in brackets and without quoted names,
// so that an ORDER BY of a window or a LIMIT of a subquery is not taken for one of the statement.

export function outerText(text: string): string {
  let outer = ''
  let depth = 0
  let done = 0
  for (const { 0: found, index } of text.matchAll(/"(?:[^"]|"")*"|[()]/g)) {
    if (depth === 0) outer += `${text.slice(done, index)} `
    if (found === '(') depth++
    else if (found === ')') depth = Math.max(0, depth - 1)
    done = index + found.length
  }
  return depth === 0 ? outer + text.slice(done) : outer
}
