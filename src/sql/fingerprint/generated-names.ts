// Masks names that a program generates for each statement: savepoints, cursors and prepared statements with a number in them,
// and aliases that contain a UUID or another long random token. Tables, columns and schemas are never masked: `FROM "a1b2…"`
// names a different relation in each statement.

import { isDataName, isDataNameOfSession, labelMask, NAME_MASK, NAME_PLACES } from './data-names.ts'
import type { Normalized } from './normalize.ts'
import { NAME_FLAGS, PIECE_CLASS, PIECE_NAME, PIECE_WORD } from './pieces.ts'
import { IS_SPECIAL } from './words.ts'

export function maskGeneratedNames(normalized: Normalized): void {
  const { texts, hasSeveral, longNames, dataLabels, namesCursor, size } = normalized
  if (size === 0) return
  if (hasSeveral || namesCursor || NAME_PLACES.has(texts[0] as string)) maskStatementNames(normalized)
  if (dataLabels) maskLabels(normalized)
  if (longNames) maskAliases(normalized)
}

function maskStatementNames({ texts, flags, size, namesCursor }: Normalized): void {
  let start = 0
  for (let end = 0; end <= size; end++) {
    if (end < size && texts[end] !== ';') {
      if (namesCursor && texts[end - 1] === 'of' && texts[end - 2] === 'current') mask(end, start, 'fetch')
      continue
    }
    const first = ((flags[start] as number) & PIECE_CLASS) === PIECE_WORD ? (texts[start] as string) : ''
    const place = NAME_PLACES.get(first)
    if (place !== undefined) mask(place === 'second' ? start + 1 : end - 1, start, first)
    start = end + 1
  }

  function mask(at: number, after: number, statement: string): void {
    if (at <= after || at >= size || !isName(flags[at])) return
    // A keyword at this place is not a name.
    if (((flags[at] as number) & IS_SPECIAL) !== 0) return
    const name = bodyOf(texts[at] as string)
    if (statement === 'prepare' ? name === 'transaction' : !isDataNameOfSession(name, statement)) return
    texts[at] = NAME_MASK
    flags[at] = NAME_FLAGS
  }
}

/** Masks labels after AS that are built from data, and the references to them. */
function maskLabels({ texts, flags, size }: Normalized): void {
  const masks = new Map<string, string>()
  for (let at = 1; at < size; at++) {
    if (texts[at - 1] !== 'as' || !isName(flags[at])) continue
    const body = bodyOf(texts[at] as string)
    if (!masks.has(body) && isDataName(body)) masks.set(body, labelMask(masks.size + 1))
  }
  for (let at = 0; at < size; at++) {
    const mask = isName(flags[at]) ? masks.get(bodyOf(texts[at] as string)) : undefined
    if (mask === undefined) continue
    texts[at] = mask
    flags[at] = NAME_FLAGS
  }
}

function isName(flags: number | undefined): boolean {
  const pieceClass = (flags ?? 0) & PIECE_CLASS
  return pieceClass === PIECE_WORD || pieceClass === PIECE_NAME
}

function bodyOf(piece: string): string {
  return piece.startsWith('"') ? piece.slice(1, -1).replaceAll('""', '"') : piece
}

/** A UUID, with or without dashes. */
const UUID = /[0-9a-f]{8}([-_]?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/i
/** A run of letters and digits that is long enough for an id. */
const LONG_RUN = /[0-9a-z]{16,}/gi
/** Readable names change between letters and digits less often than this. */
const CHANGES_OF_A_RANDOM_RUN = 5

function randomPart(name: string): string | undefined {
  const uuid = UUID.exec(name)
  if (uuid !== null) return uuid[0]
  for (const [run] of name.matchAll(LONG_RUN))
    if ((run.match(/\d[a-z]|[a-z]\d/gi) ?? []).length >= CHANGES_OF_A_RANDOM_RUN) return run
  return undefined
}

/** An alias without AS follows a name or a closing bracket. These words look like names but are not. */
const NOT_BEFORE_ALIASES = new Set(
  'from join into update only lateral on and or not select distinct by set of over recursive where having returning values using table with as in is like ilike between case when then else end collate conflict constraint limit offset for all any some union intersect except delete merge window partition order group escape similar to column exists cascade add rename drop'.split(
    ' ',
  ),
)

/**
 * Masks aliases. An alias is a random name after AS, after a name or after a closing bracket. It is used as `alias.column` or
 * after AS, and never where a relation is named.
 */
function maskAliases({ texts: pieces, flags, size }: Normalized): void {
  if (!STATEMENTS_WITH_ALIASES.has(pieces[0] ?? '')) return
  const aliases = new Set<string>()
  const elsewhere = new Set<string>()
  for (let at = 1; at < size; at++) {
    const piece = pieces[at] as string
    if (
      piece.length < 16 ||
      (((flags[at] ?? 0) & PIECE_CLASS) !== PIECE_NAME && ((flags[at] ?? 0) & PIECE_CLASS) !== PIECE_WORD)
    )
      continue
    const before = pieces[at - 1] as string
    if (pieces[at + 1] === '.' && before !== '.') continue
    if (before === '.') continue
    const behindName =
      before === ')' ||
      ((flags[at - 1] ?? 0) & PIECE_CLASS) === PIECE_NAME ||
      (((flags[at - 1] ?? 0) & PIECE_CLASS) === PIECE_WORD &&
        (before === 'as' || !NOT_BEFORE_ALIASES.has(before)))
    if (behindName && pieces[at + 1] !== '(' && !isInCast(pieces, at)) aliases.add(piece)
    else if (before !== 'of') elsewhere.add(piece)
  }
  const masks = new Map<string, string>()
  for (let at = 0; at < size; at++) {
    const piece = pieces[at] as string
    if (!aliases.has(piece) || elsewhere.has(piece) || pieces[at - 1] === '.') continue
    let mask = masks.get(piece)
    if (mask === undefined) {
      const random = randomPart(piece)
      if (random === undefined) {
        aliases.delete(piece)
        continue
      }
      const body = piece.startsWith('"') ? piece.slice(1, -1) : piece
      mask = `"${body.replace(random, `~${masks.size + 1}`)}"`
      masks.set(piece, mask)
    }
    pieces[at] = mask
    flags[at] = NAME_FLAGS
  }
}

const STATEMENTS_WITH_ALIASES = new Set(['select', 'with', 'insert', 'update', 'delete', 'merge', '('])

/** `CAST(… AS "name")` names a type, so this looks back for the bracket that is open here. */
function isInCast(pieces: readonly string[], from: number): boolean {
  if (pieces[from - 1] !== 'as') return false
  let depth = 0
  for (let at = from - 1; at >= 0 && from - at < 2000; at--) {
    if (pieces[at] === ')') depth++
    else if (pieces[at] === '(' && depth-- === 0) return pieces[at - 1] === 'cast'
  }
  return false
}
