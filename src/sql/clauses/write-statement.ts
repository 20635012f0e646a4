// Writes a statement that can be run from a fingerprint's text: each `?` becomes a parameter with its casts, lists that the
// text shows as one element become arrays, and parts of the text are replaced. The result is undefined when the text does not
// contain enough to write the statement: for example the number of rows in VALUES, or the type of a value that PostgreSQL
// cannot infer.

import { type Placeholder, readPlaceholders } from '../fingerprint/placeholders.ts'
import type { Span } from './clauses.ts'
import type { ValueType } from './value-types.ts'

export interface ShownStatement {
  text: string
  /** The types of the values, one for each `?`. Without them no casts are known. */
  types?: readonly ValueType[] | undefined
}

/** A replacement for a part of the text. For an insertion, `start` equals `end`. */
export interface Edit extends Span {
  write: () => string
}

/** Numbered parameters, starting with `$1`. */
export function parameters(): () => string {
  let last = 0
  return () => `$${++last}`
}

/** `give` returns the text for the value at a position: a parameter or a column. It is called in the order of the text. */
export function writeStatement(
  { text, types }: ShownStatement,
  give: (position: number) => string,
  edits: readonly Edit[] = [],
): string | undefined {
  const placeholders = readPlaceholders(text)
  if (types && types.length !== placeholders.length) return undefined
  const values: { edit: Edit; cast: string }[] = []
  for (const [position, placeholder] of placeholders.entries()) {
    if (edits.some(({ start, end }) => start <= placeholder.start && placeholder.start < end)) continue
    const cast = castOf(placeholder, types?.[position])
    if (cast === undefined) return undefined
    values.push({ cast, edit: valueEdit(text, placeholder, () => `${give(position)}${cast}`) })
  }
  const marks = values.map(
    ({ edit: { end }, cast }): Edit => ({ start: end - 1, end, write: () => `?${cast}` }),
  )
  const shown = apply(text, [...marks, ...edits.map((edit) => ({ ...edit, write: () => '!' }))])
  if (COLLAPSED.test(shown) || NEEDS_TYPE.some((pattern) => pattern.test(shown))) return undefined
  return apply(text, [...values.map(({ edit }) => edit), ...edits])
}

/** The statement with its values as parameters, or undefined when the text does not contain enough to write it. */
export function runnable(text: string, types?: readonly ValueType[]): string | undefined {
  return writeStatement({ text, types }, parameters())
}

function apply(text: string, edits: readonly Edit[]): string {
  let written = ''
  let done = 0
  for (const { start, end, write } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    written += text.slice(done, start) + write()
    done = end
  }
  return written + text.slice(done)
}

/** `in (?)` may stand for any number of values, so it becomes `= any(?)`. */
function valueEdit(text: string, { start, role }: Placeholder, write: () => string): Edit {
  const list = role === 'list' ? IN_LIST.exec(text.slice(Math.max(0, start - LONGEST_IN), start)) : null
  if (!list) return { start, end: start + 1, write }
  return {
    start: start - list[0].length,
    end: start + 1,
    write: () => `${list[1] ? '<> all' : '= any'}(${write()}`,
  }
}

const IN_LIST = /(not )?in ?\($/i
const LONGEST_IN = 'not in ('.length

/** Undefined when the cast must not be shown. */
function castOf({ role }: Placeholder, type: ValueType | undefined): string | undefined {
  if (type?.cast !== '' || role !== 'other') return type ? type.cast : ''
  return type.literal === undefined ? '' : (LITERAL_CASTS[type.literal] ?? '')
}

/** A literal has a type of its own. A parameter in its place needs a cast when the surrounding text implies no type. */
const LITERAL_CASTS: Readonly<Record<string, string>> = {
  integer: '::int',
  decimal: '::numeric',
  boolean: '::boolean',
}

/** Elements that the text shows as one, whatever their number. Only a list of simple values can become an array. */
const COLLAPSED = /\bvalues ?\(|\barray\[|\bin \((?!\?(?:::[\w ."]{1,80}(?:\[\])?)?\)|!\)|select\b|with\b)/i
/** Places where a literal brings its own type and nothing else implies one, so that a parameter needs a cast. */
const NEEDS_TYPE: readonly RegExp[] = [
  // A column of a recursive query, to which something is added: `1 as level`.
  /^with recursive\b(?=.*[ ,]\? (?:as|from|union)\b)/is,
  // `2 * 3` and `now() - interval '1 day'`: the operator exists for several types.
  /\?(?!::) [-+*/%] \?(?!::)/,
  /[<>]=? [^?<>=]{1,80} [-+] \?(?!::)/,
  /\b(?:now\(\)|transaction_timestamp\(\)|current_date|current_timestamp|localtimestamp) [-+] \?(?!::)/i,
  /\b(?:sum|avg)\(case\b[^()]{0,500}\?(?!::)/i,
  /\?(?!::) is (?:not )?null\b/i,
  /\b(?:generate_series|format|concat|concat_ws)\(\?(?!::)/i,
  /\bjsonb?_build_\w+\([^()]{0,500}\?(?!::)/i,
]
