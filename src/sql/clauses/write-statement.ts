// Writes a statement that can be run from a fingerprint's text: each `?` becomes a parameter with the casts it had, lists
// that the text shows as one element become arrays, and parts of it are replaced. It gives up where the text no longer tells
// what to write: how many rows stood in VALUES, or the type of a value that PostgreSQL could not infer.

import { type Placeholder, readPlaceholders } from '../fingerprint/placeholders.ts'
import type { Span } from './clauses.ts'
import type { ValueType } from './value-types.ts'

export interface ShownStatement {
  text: string
  /** Of its values, one for each `?`. Without them no casts are known. */
  types?: readonly ValueType[] | undefined
}

/** What to write instead of a part of the text; of an insertion, `start` and `end` are one place. */
export interface Edit extends Span {
  write: () => string
}

/** Numbered parameters, beginning with `$1`. */
export function parameters(): () => string {
  let last = 0
  return () => `$${++last}`
}

/** `give` names the value at a position, a parameter or a column. Values and edits are written in the order of the text. */
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

/** The statement with its values as parameters, as far as the text tells. */
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

/** `in (?)` may have held any number of values, so it becomes `= any(?)`. */
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

/** Undefined where there is one that cannot be shown. */
function castOf({ role }: Placeholder, type: ValueType | undefined): string | undefined {
  if (type?.cast !== '' || role !== 'other') return type ? type.cast : ''
  return type.literal === undefined ? '' : (LITERAL_CASTS[type.literal] ?? '')
}

/** A literal has a type of its own where nothing around it gives one; a parameter has none. */
const LITERAL_CASTS: Readonly<Record<string, string>> = {
  integer: '::int',
  decimal: '::numeric',
  boolean: '::boolean',
}

/** Elements that the text shows as one, whatever their number; only a list of plain values can become an array. */
const COLLAPSED = /\bvalues ?\(|\barray\[|\bin \((?!\?(?:::[\w ."]{1,80}(?:\[\])?)?\)|!\)|select\b|with\b)/i
/** A literal has a type, and a parameter gets it from what stands around it: here nothing there tells which. */
const NEEDS_TYPE: readonly RegExp[] = [
  // The columns of a recursion: `1 as level`, to which something is added.
  /^with recursive\b(?=.*[ ,]\? (?:as|from|union)\b)/is,
  // `2 * 3`, and `now() - interval '1 day'`, where the operator serves several types.
  /\?(?!::) [-+*/%] \?(?!::)/,
  /[<>]=? [^?<>=]{1,80} [-+] \?(?!::)/,
  /\b(?:now\(\)|transaction_timestamp\(\)|current_date|current_timestamp|localtimestamp) [-+] \?(?!::)/i,
  /\b(?:sum|avg)\(case\b[^()]{0,500}\?(?!::)/i,
  /\?(?!::) is (?:not )?null\b/i,
  /\b(?:generate_series|format|concat|concat_ws)\(\?(?!::)/i,
  /\bjsonb?_build_\w+\([^()]{0,500}\?(?!::)/i,
]
