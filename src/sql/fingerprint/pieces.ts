// The pieces of a normalised statement: their texts, and for each text a number whose bits describe it. The low three bits
// are the class; words add the flags of `words.ts`.

export const PIECE_CLASS = 7
/** A word that may be a keyword. */
export const PIECE_WORD = 1
/** A word that can only be a name: it is quoted, or follows a dot. */
export const PIECE_NAME = 2
export const PIECE_VALUE = 3
export const PIECE_OPERATOR = 4
const PIECE_OTHER = 5

/** A `?`, either as a value or as PostgreSQL's operator. */
export const IS_MARK = 1 << 13
/** A value must follow: an operator, `(`, `[` or `,`. */
export const IS_OPENING = 1 << 14
export const IS_DOT = 1 << 15
export const IS_ROUND = 1 << 16
export const IS_SQUARE = 1 << 17
export const IS_COMMA = 1 << 18
/** The piece ends an operand. Not used for words. */
export const IS_OPERAND = 1 << 19
export const NO_SPACE_AFTER = 1 << 20
export const NO_SPACE_BEFORE = 1 << 21
/** A single `:`, which must not touch another one. */
export const IS_COLON = 1 << 22

/** The arrays are reused by the next statement. Only the first `size` entries are valid, and only until then. */
export interface Pieces {
  texts: string[]
  flags: number[]
  size: number
}

const others = new Int32Array(128)
others[40] = PIECE_OTHER | IS_OPENING | IS_ROUND | NO_SPACE_AFTER
others[91] = PIECE_OTHER | IS_OPENING | IS_SQUARE | NO_SPACE_AFTER
others[44] = PIECE_OTHER | IS_OPENING | IS_COMMA | NO_SPACE_BEFORE
others[41] = PIECE_OTHER | IS_OPERAND | NO_SPACE_BEFORE
others[93] = PIECE_OTHER | IS_OPERAND | NO_SPACE_BEFORE
others[46] = PIECE_OTHER | IS_DOT | NO_SPACE_AFTER | NO_SPACE_BEFORE
others[58] = PIECE_OTHER | IS_COLON
others[59] = PIECE_OTHER | NO_SPACE_BEFORE

/** Flags of a bracket, a comma, a dot, a semicolon or any other single character. */
export function flagsOfOther(code: number): number {
  return code < 128 ? (others[code] as number) || PIECE_OTHER : PIECE_OTHER
}

export const NAME_FLAGS = PIECE_NAME | IS_OPERAND
export const VALUE_FLAGS = PIECE_VALUE | IS_OPERAND | IS_MARK
/** An integer that is a position in the select list. */
export const POSITION_FLAGS = PIECE_VALUE | IS_OPERAND
export const OPERATOR_FLAGS = PIECE_OPERATOR | IS_OPENING
export const MARK_OPERATOR_FLAGS = PIECE_OPERATOR | IS_MARK
export const CAST_FLAGS = PIECE_OPERATOR | NO_SPACE_AFTER | NO_SPACE_BEFORE
