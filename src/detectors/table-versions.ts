// Whether a table may have changed between two reads: counts the writes of the trace by the table they name, and by those
// that views, foreign keys and triggers add to it where the catalog told. A statement whose effects cannot be read from
// its text (a function call, CALL, DO) may have changed every table, and one that locks may have waited for others' changes.
import { rememberedFor } from '../grouping/remembered.ts'
import { fingerprint } from '../sql/index.ts'
import type { Query } from '../types/query.ts'

export interface TableVersion {
  /** Two reads of one statement with the same version saw the same tables, as far as the trace tells. */
  version: string
  /** The writes before it to the tables that it names. */
  written: string
  /** Statements before it that may have changed any table at all. */
  writesBefore: number
}

/** Returns a function from the position of a query to the versions of its tables. */
export const tableVersions = rememberedFor(readTableVersions)

function readTableVersions(queries: readonly Query[]): (index: number) => TableVersion {
  const versions: TableVersion[] = []
  const written = new Map<string, number>()
  let everything = 0
  let writes = 0
  queries.forEach(({ sql, sqlLength, effects }, index) => {
    const { kind, text } = fingerprint(sql)
    const words = kind === 'select' && written.size > 0 ? wordsOf(text, effects?.reads) : NO_WORDS
    const relevant = [...words].flatMap((word) => {
      const count = written.get(word)
      return count === undefined ? [] : [`${word}:${count}`]
    })
    const all = effects?.readsAnything ? writes : everything
    const known = relevant.join(' ')
    versions[index] = { version: `${all} ${known}`, written: known, writesBefore: writes }
    const targets = [...writtenTables(text), ...(effects?.writes ?? [])]
    for (const table of targets) written.set(table, (written.get(table) ?? 0) + 1)
    const isUnknown =
      sqlLength !== undefined ||
      effects?.writesAnything === true ||
      WAITS.test(text) ||
      (targets.length === 0 && mayWriteAnything(kind, text))
    if (isUnknown) everything++
    if (isUnknown || targets.length > 0) writes++
  })
  return (index) => versions[index] ?? { version: '', written: '', writesBefore: 0 }
}

/** For a lock, during which others may have committed, or for a moment that is later. */
const WAITS =
  /\bfor (?:update|share|no key update|key share)\b|\bpg_(?:try_)?advisory_(?:xact_)?lock(?:_shared)?\(|\bpg_sleep(?:_for|_until)?\(/

const NO_WORDS: ReadonlySet<string> = new Set()

function wordsOf(text: string, behind: readonly string[] = []): ReadonlySet<string> {
  const words = new Set(behind)
  for (const word of text.match(/"(?:[^"]|"")+"|[\p{L}\p{N}_$]+/gu) ?? []) words.add(bare(word))
  return words
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
    return !/^(explain|show|unlisten|prepare|deallocate|analyze)\b/i.test(text)
  if (kind !== 'select') return false
  return !/\bfrom\b/i.test(text)
    ? /\w\(/.test(text)
    : /\bfrom [\w".]+\(/i.test(text) && !READ_ONLY_FUNCTIONS.test(text)
}

const READ_ONLY_FUNCTIONS =
  /\bfrom (generate_series|unnest|json\w*|jsonb\w*|regexp_\w+|string_to_table|pg_\w+)\(/i
