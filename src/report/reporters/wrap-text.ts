// Wraps text at the width of a terminal. A wrapped line continues in the column where the text began. Lines break between
// words and between wide characters. A word that is wider than a line stays whole: for example a path, so that it can still
// be clicked and copied.
import stringWidth from 'string-width'

/** A part of a text with one style. */
export interface Piece {
  text: string
  /** Adds a colour or a link, but no characters that take a column. */
  paint?: (text: string) => string
}

/** Text is not wrapped when fewer columns than this are left for it. */
const LEAST_COLUMNS = 20

/** `head` precedes the text and takes `headWidth` columns. Without `width` everything is on one line. */
export function hang(
  head: string,
  headWidth: number,
  pieces: readonly Piece[],
  width: number | undefined,
): string {
  const room = (width ?? Number.POSITIVE_INFINITY) - headWidth
  const lines = wrap(pieces, room < LEAST_COLUMNS ? Number.POSITIVE_INFINITY : room)
  return head + lines.join(`\n${' '.repeat(headWidth)}`)
}

function wrap(pieces: readonly Piece[], width: number): string[] {
  if (width === Number.POSITIVE_INFINITY) return [pieces.map(painted).join('')]
  const lines: Piece[][] = [[]]
  let column = 0
  for (const { gap, parts } of wordsOf(pieces)) {
    const wordWidth = columnsOf(parts)
    if (column > 0 && column + columnsOf(gap) + wordWidth > width) {
      lines.push([])
      column = 0
    }
    const added = column > 0 ? [...gap, ...parts] : parts
    lines.at(-1)?.push(...added)
    column += columnsOf(added)
  }
  return lines.map((line) => joinAlike(line).map(painted).join(''))
}

/** A text that is kept on one line, with the blanks before it. */
interface Word {
  gap: readonly Piece[]
  parts: Piece[]
}

/** A word may have several styles. Text of wide characters has no blanks, and each character counts as a word. */
function wordsOf(pieces: readonly Piece[]): Word[] {
  const words: Word[] = []
  let gap: Piece[] = []
  let isOpen = false
  for (const piece of pieces) {
    for (const text of piece.text.match(/ +|[^ ]+/g) ?? []) {
      if (text.startsWith(' ')) {
        gap.push({ ...piece, text })
        isOpen = false
        continue
      }
      for (const part of WIDE.test(text) ? charactersOf(text) : [text]) {
        const isWide = WIDE.test(part)
        if (isOpen && !isWide) words.at(-1)?.parts.push({ ...piece, text: part })
        else words.push({ gap, parts: [{ ...piece, text: part }] })
        gap = []
        isOpen = !isWide
      }
    }
  }
  return words
}

/**
 * Neighbouring words with one style are joined, so that a link over several words is one link and a colour is switched on
 * once.
 */
function joinAlike(line: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  for (const piece of line) {
    const last = joined.at(-1)
    if (last && last.paint === piece.paint) last.text += piece.text
    else joined.push({ ...piece })
  }
  return joined
}

function painted({ text, paint }: Piece): string {
  return paint ? paint(text) : text
}

function columnsOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + stringWidth(text), 0)
}

function charactersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en')
  return [...segmenter.segment(text)].map(({ segment }) => segment)
}

/** Created at the first wide text, because it takes several milliseconds, which every profiled process would spend at its start. */
let segmenter: Intl.Segmenter | undefined
/** Characters of Chinese, Japanese and Korean, and their full-width forms. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{20000}-\u{3fffd}]/u
