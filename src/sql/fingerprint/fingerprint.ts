// The fingerprint: the common part of queries that differ only in their values. It is built from tokens by the rules of
// docs/fingerprints.md. It needs no parser, no catalog and no connection, and gives an answer for any input.

import { maskGeneratedNames } from './generated-names.ts'
import { type Normalized, normalize } from './normalize.ts'
import { printPieces } from './print-pieces.ts'
import { type StatementKind, statementKind } from './statement-kind.ts'
import { createTextCache } from './text-cache.ts'

export interface Fingerprint {
  /** 16 hex digits, equal for queries that differ in values only, and stable across processes and machines. */
  key: string
  /** The statement with `?` for each value. It contains no values. */
  text: string
  /** The kind of the statement. A WITH that modifies data has the kind of its modification. */
  kind: StatementKind
}

/** Applications send a few hundred different statements; values that are written into the text make more of them. */
const CACHED_STATEMENTS = 4_096
const CACHED_BYTES = 8 * 1024 * 1024
/** A long text with values written into it rarely occurs twice, and keeping it would displace other texts. */
const LONGEST_WITH_VALUES = 2_048

const cache = createTextCache<Fingerprint>({
  entries: CACHED_STATEMENTS,
  bytes: CACHED_BYTES,
  // Bytes of one entry per character: two for the statement, and two for a text of at most its length.
  bytesPerCharacter: 4,
  bytesPerEntry: 200,
})

/**
 * Returns the key under which queries count as equal, the text for people, and the kind of the statement. `select * from
 * users where id = 42` and `SELECT * FROM "users" WHERE id = $1` share one key and the text `select * from users where id =
 * ?`. Never throws: broken SQL has a stable key too.
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

/** The same as `fingerprint` without the cache, for measuring. */
export function computeFingerprint(sql: string): Fingerprint {
  return fingerprintOf(normalize(sql, false))
}

function fingerprintOf(normalized: Normalized): Fingerprint {
  const kind = statementKind(normalized)
  maskGeneratedNames(normalized)
  const { text, key } = printPieces(normalized)
  return { key, text, kind }
}
