// Makes a statement that can be run of a fingerprint's text: each `?` becomes a numbered parameter, collapsed lists become
// arrays, and chosen values are put in the place of others. It gives up on what the text no longer tells: how many rows
// stood in VALUES, or the type of a value where PostgreSQL could not infer that of a parameter.
import { type Placeholder, readPlaceholders } from '../sql/index.ts'

export interface Numbered {
  sql: string
  /** The number of the next parameter. */
  next: number
}

/** `replace` gives the text for the value at a position, or undefined for a parameter of its own. */
export function numberValues(
  text: string,
  first: number,
  replace: (position: number) => string | undefined,
): Numbered | undefined {
  if (COLLAPSED.test(text) || NEEDS_TYPE.some((pattern) => pattern.test(text))) return undefined
  let next = first
  let sql = ''
  let done = 0
  for (const [position, { start, role }] of readPlaceholders(text).entries()) {
    const before = text.slice(done, start)
    const replaced = replace(position)
    const list = role === 'list' && replaced === undefined ? IN_LIST.exec(before) : null
    const parameter = replaced ?? `$${next++}`
    if (list && text[start + 1] === ')') {
      sql += `${before.slice(0, list.index)}${list[1] ? '<> all' : '= any'}(${parameter}`
    } else {
      sql += before + parameter
    }
    done = start + 1
  }
  return { sql: sql + text.slice(done), next }
}

const COLLAPSED = /\bvalues ?\(|\barray\[/i
/** A literal has a type, and a parameter gets it from what stands around it: here nothing there tells which. */
const NEEDS_TYPE: readonly RegExp[] = [
  // The columns of a recursion: `1 as level`, to which something is added.
  /^with recursive\b(?=.*[ ,]\? (?:as|from|union)\b)/is,
  // `2 * 3`, and `now() - interval '1 day'`, where the operator serves several types.
  /\? [-+*/%] \?/,
  /[<>]=? [^?<>=]{1,80} [-+] \?/,
  /\b(?:now\(\)|transaction_timestamp\(\)|current_date|current_timestamp|localtimestamp) [-+] \?/i,
  /\b(?:sum|avg)\(case\b/i,
  /\? is (?:not )?null\b/i,
  /\b(?:generate_series|format|concat|concat_ws)\(\?/i,
  /\bjsonb?_build_\w+\([^()]{0,500}\?/i,
]
const IN_LIST = /(not )?in ?\($/i

/** The statement with its values as parameters, as far as the text tells. */
export function runnable(text: string): string | undefined {
  return numberValues(text, 1, () => undefined)?.sql
}

/** The statement for many values of one slot at once: `= ?` becomes `= any($1)`. */
export function withArray(
  text: string,
  { role, start }: Pick<Placeholder, 'role' | 'start'>,
): string | undefined {
  const asArray = role === 'list' ? text : `${text.slice(0, start)}any(?)${text.slice(start + 1)}`
  return runnable(asArray)
}
