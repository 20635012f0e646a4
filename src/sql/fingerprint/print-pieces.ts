// Prints the pieces of a fingerprint as text for people. Reading the text again gives the same pieces.

import { hashAscii, hashText } from '../../text/hash-text.ts'
import {
  IS_COLON,
  IS_COMMA,
  IS_MARK,
  IS_ROUND,
  IS_SQUARE,
  NO_SPACE_AFTER,
  NO_SPACE_BEFORE,
  PIECE_CLASS,
  PIECE_OPERATOR,
  PIECE_WORD,
  type Pieces,
} from './pieces.ts'
import { IS_BEFORE_BRACKETS } from './words.ts'

const BUFFER_BYTES = 8192
const buffer = new Uint8Array(BUFFER_BYTES)
/** The bytes are always ASCII, for which all encodings agree. */
const decoder = new TextDecoder()

/** At most this many pieces are joined, which is then faster than decoding bytes. */
const FEW_PIECES = 24

export interface Printed {
  text: string
  key: string
}

export function printPieces(pieces: Pieces): Printed {
  const used = printAscii(pieces)
  if (used >= 0) {
    const text = pieces.size < FEW_PIECES ? printAny(pieces) : decoder.decode(buffer.subarray(0, used))
    return { text, key: hashAscii(buffer, used) }
  }
  const text = printAny(pieces)
  return { text, key: hashText(text) }
}

/**
 * Writes the text as bytes, because joining hundreds of strings into a flat one costs more than copying their characters.
 * Returns the number of bytes, or -1 when the text is not ASCII or does not fit.
 */
function printAscii({ texts, flags, size }: Pieces): number {
  let used = 0
  let before = 0
  let seen = 0
  for (let at = 0; at < size; at++) {
    const piece = texts[at] as string
    const current = flags[at] as number
    const { length } = piece
    if (used + length >= BUFFER_BYTES) return -1
    if (at > 0 && isSpaced(before, current)) buffer[used++] = 32
    for (let from = 0; from < length; from++) {
      const code = piece.charCodeAt(from)
      seen |= code
      buffer[used++] = code
    }
    before = current
  }
  return seen < 128 ? used : -1
}

function printAny({ texts, flags, size }: Pieces): string {
  if (size === 0) return ''
  let text = texts[0] as string
  let before = flags[0] as number
  for (let at = 1; at < size; at++) {
    const current = flags[at] as number
    if (isSpaced(before, current)) text += ' '
    text += texts[at]
    before = current
  }
  return text
}

function isSpaced(before: number, current: number): boolean {
  if ((before & IS_COLON) !== 0) return true
  if ((before & NO_SPACE_AFTER) !== 0 || (current & NO_SPACE_BEFORE) !== 0) return false
  if ((current & (IS_ROUND | IS_SQUARE)) === 0) return true
  if ((before & IS_COMMA) !== 0) return true
  // A `?` may be read as a value once and as an operator the next time, so both have the same spacing.
  const isOperator = (before & PIECE_CLASS) === PIECE_OPERATOR && (before & IS_MARK) === 0
  if ((current & IS_SQUARE) !== 0) return isOperator
  if ((before & PIECE_CLASS) === PIECE_WORD) return (before & IS_BEFORE_BRACKETS) !== 0
  return isOperator || (before & IS_MARK) !== 0
}
