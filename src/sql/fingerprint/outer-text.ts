// The text of the outermost query alone: a fingerprint's text without bracketed parts and quoted names, so that the ORDER BY
// of a window or the LIMIT of a subquery is not taken for one of the statement.

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
