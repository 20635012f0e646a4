// Notes which unread columns the source of the functions around a query names: another branch of a function may read the
// column, so that nobody may say that it is never read. Texts, comments and lists of columns to fetch are no code that reads
// a row. A name may mean something else than the column; then one finding too few is made.
import { type SourceTokens, TEXT, tokenAt } from '../../source/tokens.ts'
import type { Vocabulary } from '../../source/vocabulary.ts'
import type { CallSite, Frame, Query, RowUsage } from '../../types/query.ts'
import { boundedMemo } from '../bounded-memo.ts'
import { functionBodyAround } from './enclosing-functions.ts'
import { sourceFile } from './source-files.ts'

type Watched = Query & { usage?: RowUsage }

/** Adds to the usage of rows which unread columns the functions of the call site name. */
export function noteNamed(queries: readonly Watched[], vocabulary: Vocabulary): void {
  for (const query of queries) {
    const { usage, callSite = [], builtAt } = query
    if (!usage || usage.unread.length === 0 || usage.named) continue
    const sites: CallSite = builtAt ? [builtAt, ...callSite] : callSite
    const named = usage.unread.filter((column) => sites.some((frame) => isNamed(column, frame, vocabulary)))
    if (named.length > 0) query.usage = { ...usage, named }
  }
}

function isNamed(column: string, frame: Frame, vocabulary: Vocabulary): boolean {
  const names = namesAround({ frame, vocabulary })
  if (!names) return false
  const name = column.slice(column.lastIndexOf('.') + 1)
  return names.has(name) || names.has(name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()))
}

/** Frames whose function is remembered. */
const KNOWN_FRAMES = 1000

/** The names in the innermost function around a frame. */
const namesAround = boundedMemo(
  KNOWN_FRAMES,
  ({ frame, vocabulary }: { frame: Frame; vocabulary: Vocabulary }) => readNames(frame, vocabulary),
  ({ frame: { file, line, column } }) => `${file}:${line}:${column}`,
)

/** A larger file is a bundle. */
const LONGEST_FILE_BYTES = 256 * 1024

function readNames(
  { file, line, column }: Frame,
  { columnLists }: Vocabulary,
): ReadonlySet<string> | undefined {
  const source = sourceFile(file)
  if (!source || source.bytes > LONGEST_FILE_BYTES) return undefined
  const { tokens, text } = source
  const body = functionBodyAround(tokens, tokenAt(tokens, line, column))
  if (!body) return undefined
  const { texts, partners, starts, ends } = tokens
  const names = new Set<string>()
  for (let at = body[0]; at < body[1]; at++) {
    const word = texts[at] as string
    if (word === '{' && columnLists.has(`${texts[at - 2]}${texts[at - 1]}`)) {
      at = Math.max(at, partners[at] as number)
    } else if (word === TEXT && isIndex(tokens, at)) {
      for (const [name] of text.slice(starts[at], ends[at]).matchAll(NAMES)) names.add(name)
    } else if (NAME.test(word)) names.add(word)
  }
  return names
}

const NAMES = /[\p{L}_$][\p{L}\p{N}_$]*/gu
const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u

/** The text in `row['name']`, which names a column as `row.name` does. */
function isIndex({ texts, begins }: SourceTokens, at: number): boolean {
  return texts[at - 1] === '[' && !begins[at] && /^(?:[\w$]|[)\]]$)/.test(texts[at - 2] ?? '')
}
