// Reads tokens ahead and writes pieces. Tokens are split on demand, and the arrays are reused for the next statement, because
// this runs for every new text of an application.

import { CAST, lexMore, QUOTED, startLexing, type Tokens, WORD } from './lexer.ts'
import { IS_OPERAND, PIECE_CLASS, PIECE_WORD, VALUE_FLAGS } from './pieces.ts'
import { endOfTypeName, LONGEST_TYPE_NAME } from './type-name.ts'
import { ACTION_SHIFT, action, findWord, found, IS_BEFORE_OPERANDS } from './words.ts'

/**
 * The origin of the value of a `?`: the number of a parameter (0 for a `?` in the source), a literal, or a list of origins.
 */
export type ValueSource = number | LiteralSource | CastSource | ValueSource[]

interface LiteralSource {
  value: unknown
  /** True for a number. Other literals are strings, booleans, NULL and DEFAULT. */
  isNumber?: boolean
}

/** A value with the casts written on it. */
interface CastSource {
  of: ValueSource
  /** The cast as in the source, including `::`. */
  cast: string
}

const BETWEEN = action('between')
const BY = action('by')
const NOT = action('not')

/** The arrays of pieces are reused unless a statement made them larger than this. */
const KEPT_PIECES = 65_536

export class PieceStream {
  sql = ''
  withSlots = false
  tokens: Tokens
  kinds: Uint8Array
  starts: Int32Array
  ends: Int32Array
  hashes: Int32Array
  count = 0
  index = 0
  texts: string[] = []
  flags: number[] = []
  size = 0
  slots: ValueSource[] = []

  constructor(tokens: Tokens) {
    this.tokens = tokens
    this.kinds = tokens.kinds
    this.starts = tokens.starts
    this.ends = tokens.ends
    this.hashes = tokens.hashes
  }

  read(sql: string, withSlots: boolean): void {
    this.sql = sql
    this.withSlots = withSlots
    this.tokens = startLexing(sql)
    this.count = 0
    this.index = 0
    if (this.texts.length > KEPT_PIECES) {
      this.texts = []
      this.flags = []
    }
    this.size = 0
    this.slots = []
  }

  /** Whether there is a token at `at`. Splits more of the statement when necessary. */
  has(at: number): boolean {
    while (at >= this.count) {
      const { tokens } = this
      if (tokens.done) return false
      lexMore(this.sql, tokens)
      this.takeTokens()
    }
    return true
  }

  takeTokens(): void {
    const { tokens } = this
    this.kinds = tokens.kinds
    this.starts = tokens.starts
    this.ends = tokens.ends
    this.hashes = tokens.hashes
    this.count = tokens.count
  }

  push(text: string, flags: number): void {
    const { size } = this
    this.texts[size] = text
    this.flags[size] = flags
    this.size = size + 1
  }

  drop(to: number): void {
    this.size = to
  }

  wordAt(at: number): string {
    if (!this.has(at) || this.kinds[at] !== WORD) return ''
    findWord(this.sql, this.starts[at] as number, this.ends[at] as number, this.hashes[at] as number)
    return found.text
  }

  isChar(at: number, code: number): boolean {
    if (at >= this.count && !this.has(at)) return false
    const start = this.starts[at] as number
    return this.sql.charCodeAt(start) === code && (this.ends[at] as number) - start === 1
  }

  isName(at: number): boolean {
    return this.has(at) && (this.kinds[at] === WORD || this.kinds[at] === QUOTED)
  }

  /** Pushes `?` and skips the casts written directly after or before the value. */
  placeholder(slot: ValueSource, typeBefore = ''): void {
    this.push('?', VALUE_FLAGS)
    const value = this.index
    if (this.has(value + 1) && this.kinds[value + 1] === CAST) this.skipCasts()
    if (!this.withSlots) return
    const behind = this.index > value ? this.sql.slice(this.starts[value + 1], this.ends[this.index]) : ''
    const cast = `${typeBefore === '' ? '' : `::${typeBefore}`}${behind}`
    this.slots.push(cast === '' ? slot : { of: slot, cast })
  }

  skipCasts(): void {
    while (this.has(this.index + 1) && this.kinds[this.index + 1] === CAST) {
      this.has(this.index + 2 + LONGEST_TYPE_NAME)
      const end = endOfTypeName(this.sql, this.tokens, this.index + 2)
      if (end === this.index + 2) return
      this.index = end - 1
    }
  }

  /** Whether the piece ends an operand, so that a following sign is a binary operator. */
  isOperand(piece: number): boolean {
    if (piece < 0) return false
    const flags = this.flags[piece] as number
    if ((flags & PIECE_CLASS) !== PIECE_WORD) return (flags & IS_OPERAND) !== 0
    const which = flags >>> ACTION_SHIFT
    if (which === BETWEEN) return !this.isBeforeBetween(piece - 1)
    if (which === BY) return !['order', 'group', 'partition'].includes(this.texts[piece - 1] ?? '')
    return (flags & IS_BEFORE_OPERANDS) === 0
  }

  /** BETWEEN may name a column. After an operand or NOT it is the keyword. */
  isBeforeBetween(piece: number): boolean {
    if (piece < 0) return false
    const flags = this.flags[piece] as number
    if ((flags & PIECE_CLASS) !== PIECE_WORD) return (flags & IS_OPERAND) !== 0
    return flags >>> ACTION_SHIFT === NOT || (flags & IS_BEFORE_OPERANDS) === 0
  }
}
