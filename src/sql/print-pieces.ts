// Writes the pieces of a fingerprint as text that people read and that gives the same pieces when it is read again.

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

export function printPieces({ texts, flags, size }: Pieces): string {
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
  // A `?` may be a value in one reading and an operator in the next, so both are spaced alike.
  const isOperator = (before & PIECE_CLASS) === PIECE_OPERATOR && (before & IS_MARK) === 0
  if ((current & IS_SQUARE) !== 0) return isOperator
  if ((before & PIECE_CLASS) === PIECE_WORD) return (before & IS_BEFORE_BRACKETS) !== 0
  return isOperator || (before & IS_MARK) !== 0
}
