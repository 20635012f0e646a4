// What two queries share when only their values differ. The key is lexical, after the rules on docs/fingerprints.md; it
// needs no parser, no catalog and no connection, and answers whatever it is given.

import { maskGeneratedNames } from './generated-names.ts'
import { type Normalized, normalize } from './normalize.ts'
import { printPieces } from './print-pieces.ts'
import { type StatementKind, statementKind } from './statement-kind.ts'
import { createTextCache } from './text-cache.ts'

export interface Fingerprint {
  /** 16 hex digits, equal for queries that differ in values only, stable over processes and machines. */
  key: string
  /** The statement with `?` for every value; it holds none of them. */
  text: string
  /** What the statement does; a data-modifying WITH is what it modifies. */
  kind: StatementKind
}

/** Applications send some hundred different statements; values written into the text make more of them. */
const CACHED_STATEMENTS = 4_096
const CACHED_BYTES = 8 * 1024 * 1024
/** A long text with values written into it hardly comes a second time, and keeping it would push others out. */
const LONGEST_WITH_VALUES = 2_048

const cache = createTextCache<Fingerprint>({
  entries: CACHED_STATEMENTS,
  bytes: CACHED_BYTES,
  // Two for the statement, and two for a text of at most its length.
  bytesPerCharacter: 4,
  bytesPerEntry: 200,
})

/**
 * Gives the key under which queries count as the same, the text people read, and the kind of the statement.
 * `select * from users where id = 42` and `SELECT * FROM "users" WHERE id = $1` have one key, and the text
 * `select * from users where id = ?`. Never throws; broken SQL has a stable key too.
 */
export function fingerprint(sql: string): Fingerprint {
  const known = cache.get(sql)
  if (known !== undefined) return known
  if (typeof sql !== 'string') return computeFingerprint('')
  const normalized = normalize(sql, false)
  const isKept = sql.length <= LONGEST_WITH_VALUES || !normalized.holdsValues
  const made = fingerprintOf(normalized)
  if (isKept) cache.set(sql, made)
  return made
}

/** The same without the cache, for measuring. */
export function computeFingerprint(sql: string): Fingerprint {
  return fingerprintOf(normalize(sql, false))
}

function fingerprintOf(normalized: Normalized): Fingerprint {
  const kind = statementKind(normalized)
  maskGeneratedNames(normalized)
  const { text, key } = printPieces(normalized)
  return { key, text, kind }
}
