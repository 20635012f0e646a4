// Whether a table may have changed between two reads: counts the writes of the trace by the table they name. A statement
// whose effects cannot be read from its text (a function call, CALL, DO) may have changed every table. Foreign keys and
// triggers are not followed; equal results are asked for besides.
import { fingerprint } from '../sql/index.ts'
import type { Query } from '../types.ts'

/** Returns a function: two reads of one statement with the same version saw the same tables, as far as the trace tells. */
export function tableVersions(queries: readonly Query[]): (index: number) => string {
  const versions = queries.map(() => '')
  const written = new Map<string, number>()
  let everything = 0
  queries.forEach(({ sql, sqlLength }, index) => {
    const { kind, text } = fingerprint(sql)
    const words = kind === 'select' && written.size > 0 ? wordsOf(text) : NO_WORDS
    const relevant = [...words].flatMap((word) => {
      const count = written.get(word)
      return count === undefined ? [] : [`${word}:${count}`]
    })
    versions[index] = `${everything} ${relevant.join(' ')}`
    const targets = writtenTables(text)
    for (const table of targets) written.set(table, (written.get(table) ?? 0) + 1)
    if (sqlLength !== undefined || (targets.length === 0 && mayWriteAnything(kind, text))) everything++
  })
  return (index) => versions[index] ?? ''
}

const NO_WORDS: ReadonlySet<string> = new Set()

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/"(?:[^"]|"")+"|[\p{L}\p{N}_$]+/gu)?.map(bare))
}

/** The last part of each name behind INSERT INTO, UPDATE, DELETE FROM, MERGE INTO, COPY and TRUNCATE, also inside WITH. */
function writtenTables(text: string): string[] {
  const found = text.matchAll(
    /\b(?:insert into|delete from|merge into|update|truncate(?: table)?|copy)(?: only)? ((?:"(?:[^"]|"")+"|[\p{L}\p{N}_$.])+)/giu,
  )
  return [...found].flatMap(([whole, name = '']) =>
    /^update of$/i.test(whole) ? [] : [bare(name.split('.').at(-1) ?? '')],
  )
}

function bare(name: string): string {
  return name.replace(/^"|"$/g, '')
}

/** A SELECT that only calls a function is called for what the function does. */
function mayWriteAnything(kind: string, text: string): boolean {
  if (kind === 'other' || kind === 'ddl')
    return !/^(explain|show|listen|unlisten|prepare|deallocate|analyze)\b/i.test(text)
  if (kind !== 'select') return false
  return !/\bfrom\b/i.test(text)
    ? /\w\(/.test(text)
    : /\bfrom [\w".]+\(/i.test(text) && !READ_ONLY_FUNCTIONS.test(text)
}

const READ_ONLY_FUNCTIONS =
  /\bfrom (generate_series|unnest|json\w*|jsonb\w*|regexp_\w+|string_to_table|pg_\w+)\(/i
