// Writes the pieces of a fingerprint as text that people read and that gives the same pieces when it is read again.

import { WORDS_BEFORE_BRACKETS } from './keywords.ts'
import { PIECE_OPERATOR, PIECE_WORD } from './normalize.ts'

export function printPieces(pieces: readonly string[], classes: readonly number[]): string {
  let text = ''
  let before = ''
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as string
    if (at > 0 && isSpaced(before, classes[at - 1] as number, piece)) text += ' '
    text += piece
    before = piece
  }
  return text
}

function isSpaced(before: string, beforeClass: number, piece: string): boolean {
  if (before === '(' || before === '[' || before === '.' || before === '::') return false
  switch (piece) {
    case ',':
    case ')':
    case ']':
    case '.':
    case ';':
    case '::':
      return false
    case '[':
      return before === ',' || beforeClass === PIECE_OPERATOR
    case '(':
      if (beforeClass === PIECE_WORD) return WORDS_BEFORE_BRACKETS.has(before)
      return before === ',' || before === ';' || beforeClass === PIECE_OPERATOR || before === '?'
  }
  return true
}
