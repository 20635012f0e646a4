// Reads the kind of a statement from the pieces of its fingerprint. A WITH that modifies data has the kind of the
// modification. In a text with several statements the first one counts.

import { PIECE_CLASS, PIECE_WORD, type Pieces } from './pieces.ts'

export type StatementKind =
  | 'select'
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'copy'
  | 'transaction'
  | 'set'
  | 'cursor'
  | 'ddl'
  | 'other'

const KIND_BY_WORD: Readonly<Record<StatementKind, string>> = {
  select: 'select values table',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  merge: 'merge',
  copy: 'copy',
  transaction: 'begin start commit end rollback abort savepoint release',
  set: 'set reset',
  cursor: 'declare fetch move close',
  ddl: 'create alter drop truncate comment grant revoke reindex refresh security import reassign',
  other: 'explain prepare execute deallocate do call show lock vacuum analyze analyse listen notify unlisten',
}
const kinds = new Map<string, StatementKind>()
for (const [kind, words] of Object.entries(KIND_BY_WORD))
  for (const word of words.split(' ')) kinds.set(word, kind as StatementKind)

const MODIFYING = new Set(['insert', 'update', 'delete', 'merge'])

export function statementKind({ texts: pieces, flags, size }: Pieces): StatementKind {
  let first = 0
  while (pieces[first] === '(') first++
  const word = ((flags[first] ?? 0) & PIECE_CLASS) === PIECE_WORD ? (pieces[first] as string) : ''
  if (word === 'with') return kindOfWith(pieces, flags, first, size)
  if (word === 'select' && isSetConfig(pieces, first, size)) return 'set'
  if (word === 'prepare' && pieces[first + 1] === 'transaction') return 'transaction'
  return kinds.get(word) ?? 'other'
}

/** The statement after the queries of the WITH, unless it is a SELECT and one of the queries modifies data. */
function kindOfWith(
  pieces: readonly string[],
  flags: readonly number[],
  from: number,
  size: number,
): StatementKind {
  let depth = 0
  let modified: string | undefined
  for (let at = from + 1; at < size; at++) {
    const piece = pieces[at] as string
    if (piece === '(') depth++
    else if (piece === ')') depth--
    else if (piece === ';') break
    else if (((flags[at] as number) & PIECE_CLASS) === PIECE_WORD) {
      const modifies = MODIFYING.has(piece)
      if (modifies && pieces[at - 1] === '(' && BEFORE_QUERY.has(pieces[at - 2] as string)) modified ??= piece
      if (depth > 0 || !(modifies || piece === 'select')) continue
      // INSERT, UPDATE, DELETE and MERGE may be followed by the name of a query of the WITH.
      if (modifies && (pieces[at + 1] === 'as' || pieces[at + 1] === '(')) continue
      return kindOf(modifies ? piece : (modified ?? piece))
    }
  }
  return modified === undefined ? 'select' : kindOf(modified)
}

const BEFORE_QUERY = new Set(['as', 'materialized'])

function kindOf(word: string): StatementKind {
  return kinds.get(word) ?? 'other'
}

/** `SELECT set_config(…)` without anything else, which is how SET is written when its value is a parameter. */
function isSetConfig(pieces: readonly string[], first: number, size: number): boolean {
  let at = first + 1
  if (pieces[at] === 'pg_catalog' && pieces[at + 1] === '.') at += 2
  if (pieces[at] !== 'set_config' || pieces[at + 1] !== '(') return false
  for (; at < size; at++) if (pieces[at] === 'from') return false
  return true
}
