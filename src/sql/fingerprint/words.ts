// Finds the folded text of a word and its properties without cutting the word out of the SQL: words are looked up by a hash
// that the lexer has computed. Keywords are kept forever; of other names the latest one of each slot is kept.
// All this is for speed: creating strings and looking them up in sets would be most of the cost of a cold fingerprint.

import {
  SPECIAL_WORDS,
  TYPED_LITERAL_WORDS,
  UNRESERVED_WORDS,
  WORDS_BEFORE_BRACKETS,
  WORDS_BEFORE_NAMES,
  WORDS_BEFORE_OPERANDS,
  WORDS_GOING_ON,
  WORDS_OF_OTHER_CLAUSES,
  WORDS_OF_QUERIES,
} from './keywords.ts'

export const IS_SPECIAL = 1 << 4
export const IS_UNRESERVED = 1 << 5
export const IS_BEFORE_OPERANDS = 1 << 6
export const IS_BEFORE_NAMES = 1 << 7
export const IS_BEFORE_BRACKETS = 1 << 8
export const IS_TYPE = 1 << 9
export const GOES_ON = 1 << 10
export const STARTS_OTHER_CLAUSE = 1 << 11
export const MAKES_QUERY = 1 << 12
/** The word needs special handling. Its number is in the bits from `ACTION_SHIFT` on. */
export const ACTION_SHIFT = 24

const ACTION_WORDS =
  'null true false default asc row rows only of by limit offset fetch values set between not in cast array inner outer work transaction savepoint' as const
const ACTIONS = Object.fromEntries(
  ACTION_WORDS.split(' ').map((word, index) => [word, index + 1]),
) as Readonly<Record<string, number>>

/** Number of a word that the normaliser handles by name. */
export const action = (word: string): number => ACTIONS[word] as number

const GROUPS: readonly (readonly [ReadonlySet<string>, number])[] = [
  [SPECIAL_WORDS, IS_SPECIAL],
  [UNRESERVED_WORDS, IS_UNRESERVED],
  [WORDS_BEFORE_OPERANDS, IS_BEFORE_OPERANDS],
  [WORDS_BEFORE_NAMES, IS_BEFORE_NAMES],
  [WORDS_BEFORE_BRACKETS, IS_BEFORE_BRACKETS],
  [TYPED_LITERAL_WORDS, IS_TYPE],
  [WORDS_GOING_ON, GOES_ON],
  [WORDS_OF_OTHER_CLAUSES, STARTS_OTHER_CLAUSE],
  [WORDS_OF_QUERIES, MAKES_QUERY],
]

/** Four slots for each keyword, so that most names find an empty slot, in tables that fit into the processor's cache. */
const KEYWORD_SLOTS = 2048
const keywordTexts: (string | undefined)[] = new Array(KEYWORD_SLOTS).fill(undefined)
const keywordHashes = new Int32Array(KEYWORD_SLOTS)
const keywordFlags = new Int32Array(KEYWORD_SLOTS)

/** An application has a few hundred names. When it has more, some are cut out of the SQL again each time. */
const NAME_SLOTS = 4096
const LONGEST_KEPT_NAME = 63
const nameTexts: (string | undefined)[] = new Array(NAME_SLOTS).fill(undefined)
const nameHashes = new Int32Array(NAME_SLOTS)

export const HASH_START = 0x811c9dc5 | 0
export const HASH_FACTOR = 0x01000193

/** One step of the hash, for a folded character. */
function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, HASH_FACTOR)
}

for (const words of GROUPS.map(([words]) => words)) for (const word of words) addKeyword(word)

function addKeyword(word: string): void {
  let hash = HASH_START
  for (let at = 0; at < word.length; at++) hash = hashStep(hash, word.charCodeAt(at))
  hash ||= 1
  let slot = slotOf(hash) & (KEYWORD_SLOTS - 1)
  while (keywordHashes[slot] !== 0) {
    if (keywordTexts[slot] === word) return
    slot = (slot + 1) & (KEYWORD_SLOTS - 1)
  }
  keywordTexts[slot] = word
  keywordHashes[slot] = hash
  keywordFlags[slot] = GROUPS.reduce(
    (flags, [words, flag]) => (words.has(word) ? flags | flag : flags),
    (ACTIONS[word] ?? 0) << ACTION_SHIFT,
  )
}

function slotOf(hash: number): number {
  return hash ^ (hash >>> 15)
}

/** The flags of a folded word. */
export function flagsOfWord(word: string): number {
  let hash = HASH_START
  for (let at = 0; at < word.length; at++) hash = hashStep(hash, word.charCodeAt(at))
  findWord(word, 0, word.length, hash || 1)
  return found.flags
}

/** The result of the last `findWord`. */
export const found = { text: '', flags: 0 }

/** Looks up `sql` from `start` to `end` and stores the result in `found`. */
export function findWord(sql: string, start: number, end: number, hash: number): void {
  let slot = slotOf(hash) & (KEYWORD_SLOTS - 1)
  for (;;) {
    const kept = keywordHashes[slot]
    if (kept === 0) break
    const text = keywordTexts[slot] as string
    if (kept === hash && isFolded(sql, start, end, text)) {
      found.text = text
      found.flags = keywordFlags[slot] as number
      return
    }
    slot = (slot + 1) & (KEYWORD_SLOTS - 1)
  }
  found.flags = 0
  slot = slotOf(hash) & (NAME_SLOTS - 1)
  if (nameHashes[slot] === hash) {
    const text = nameTexts[slot] as string
    if (isFolded(sql, start, end, text)) {
      found.text = text
      return
    }
  }
  // A copy is kept, because a slice would keep the whole statement in memory.
  const made = ` ${foldCase(sql.slice(start, end))}`.slice(1)
  found.text = made
  if (made.length > LONGEST_KEPT_NAME) return
  nameTexts[slot] = made
  nameHashes[slot] = hash
}

function isFolded(sql: string, start: number, end: number, text: string): boolean {
  const length = text.length
  if (end - start !== length) return false
  for (let at = 0; at < length; at++) {
    const code = sql.charCodeAt(start + at)
    if ((code >= 65 && code <= 90 ? code | 32 : code) !== text.charCodeAt(at)) return false
  }
  return true
}

/** Folds ASCII letters only, as PostgreSQL does: `toLowerCase` would also change É. */
function foldCase(text: string): string {
  let upper = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 128) return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    if (code >= 65 && code <= 90) upper = true
  }
  return upper ? text.toLowerCase() : text
}
