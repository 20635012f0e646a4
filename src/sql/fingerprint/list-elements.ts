// Tracks open brackets, and merges the elements of a list that have one form into a single element with the values of all.

import { lastAlikeComma } from './alike-elements.ts'
import { NUMBER, OTHER, STRING, type Tokens, WORD } from './lexer.ts'
import { PieceStream, type ValueSource } from './piece-stream.ts'
import {
  CAST_FLAGS,
  flagsOfOther,
  IS_COMMA,
  IS_ROUND,
  PIECE_CLASS,
  PIECE_VALUE,
  PIECE_WORD,
  VALUE_FLAGS,
} from './pieces.ts'
import { ACTION_SHIFT, action, found, IS_SPECIAL, MAKES_QUERY, STARTS_OTHER_CLAUSE } from './words.ts'

export const PLAIN = 0
/** The brackets of IN. */
export const LIST = 1
export const ARRAY = 2
/** The rows of VALUES. The frame has no bracket of its own. */
export const ROWS = 3
export const ROW = 4
const CAST_CALL = 5
export const SUBSCRIPT = 6

interface OpenBracket {
  kind: number
  /** First piece, slot and token of the current element. */
  start: number
  startSlot: number
  startToken: number
  /** First piece and slot of the previous element; -1 when there is none. */
  previous: number
  previousSlot: number
  /** True when an element has been merged into the previous one. */
  merged: boolean
  /** True when integers are positions in the select list. */
  positions: boolean
  /** True inside LIMIT and OFFSET, where NULL means no limit. */
  limit: boolean
}

const LIMIT = action('limit')
const OFFSET = action('offset')
const FETCH = action('fetch')
const IN = action('in')
const CAST_WORD = action('cast')

/** PostgreSQL itself rejects statements long before this depth. Deeper brackets are copied without looking for lists. */
export const DEEPEST_FRAME = 10_000
/** Frames beyond this number are released after use. */
const KEPT_FRAMES = 256
/** The text of a statement that is written by hand has fewer literals. */
const MANY_LITERALS = 20
/** In ORDER BY, GROUP BY and DISTINCT ON, the brackets after these words also contain positions. */
const POSITION_BRACKETS = new Set(['by', 'distinct', 'all', 'rollup', 'cube', 'sets'])
const BRACKET_FLAGS = flagsOfOther(40)

export class ListElements extends PieceStream {
  /** The frames of the open brackets, outermost first, up to `depth`. Later entries are reused. */
  frames: OpenBracket[] = []
  depth = 0
  /** Number of open brackets beyond the deepest frame. */
  tooDeep = 0
  frame: OpenBracket
  /** Kind of the brackets that were closed last. */
  closedKind = PLAIN
  literals = 0

  constructor(tokens: Tokens) {
    super(tokens)
    this.frame = newFrame()
    this.frames.push(this.frame)
  }

  override read(sql: string, withSlots: boolean): void {
    super.read(sql, withSlots)
    this.literals = 0
    this.closedKind = PLAIN
    if (this.frames.length > KEPT_FRAMES) this.frames.length = KEPT_FRAMES
    this.depth = 0
    this.tooDeep = 0
    this.frame = this.frames[0] as OpenBracket
    setFrame(this.frame, PLAIN, 0, 0, 0, false, false)
  }

  /** True when the text contains more literals than a handwritten statement would. */
  get holdsValues(): boolean {
    return this.literals >= MANY_LITERALS
  }

  openBracket(): void {
    const last = this.size - 1
    const lastFlags = last < 0 ? 0 : (this.flags[last] as number)
    const isWord = (lastFlags & PIECE_CLASS) === PIECE_WORD
    let kind = PLAIN
    let positions = false
    if (isWord) {
      const which = lastFlags >>> ACTION_SHIFT
      if (which === IN) kind = LIST
      else if (which === CAST_WORD) kind = CAST_CALL
      const before = this.texts[last] as string
      if (before === 'on') positions = this.texts[last - 1] === 'distinct'
      else if (this.frame.positions) positions = POSITION_BRACKETS.has(before)
    } else positions = this.frame.positions && (lastFlags & (IS_ROUND | IS_COMMA)) !== 0
    if (this.frame.kind === ROWS) kind = ROW
    this.push('(', BRACKET_FLAGS)
    this.openFrame(kind, positions, this.index + 1)
  }

  closeBracket(text: string): void {
    if (this.frame.kind === ROWS) this.closeFrame()
    const isSquare = this.frame.kind === ARRAY || this.frame.kind === SUBSCRIPT
    const flags = flagsOfOther(text === ')' ? 41 : 93)
    if (this.tooDeep > 0) {
      this.tooDeep--
      this.push(text, flags)
      return
    }
    if (this.depth === 0 || isSquare !== (text === ']')) {
      this.push(text, flags)
      return
    }
    const closed = this.frame
    this.closedKind = closed.kind
    this.closeFrame()
    this.push(text, flags)
    if (closed.kind === CAST_CALL) this.rewriteCast(closed)
    // The text after the last row does not belong to VALUES.
    else if (closed.kind === ROW && !this.isChar(this.index + 1, 44)) this.closeFrame()
  }

  comma(): void {
    if (this.frame.kind === ROWS && !this.isChar(this.index + 1, 40)) this.closeFrame()
    const { frame } = this
    const { kind } = frame
    const isList = kind === LIST || kind === ARRAY || kind === ROWS
    if (isList) {
      this.endElement()
      if (!this.withSlots) this.skipAlikeElements()
    }
    this.push(',', flagsOfOther(44))
    if (!isList) return
    frame.start = this.size
    frame.startSlot = this.slots.length
    frame.startToken = this.index + 1
  }

  openFrame(kind: number, positions: boolean, token: number): void {
    if (this.depth >= DEEPEST_FRAME) {
      this.tooDeep++
      return
    }
    const { limit } = this.frame
    const depth = ++this.depth
    if (depth === this.frames.length) this.frames.push(newFrame())
    this.frame = this.frames[depth] as OpenBracket
    setFrame(this.frame, kind, this.size, this.slots.length, token, positions, limit)
  }

  closeFrame(): void {
    if (this.frame.kind !== PLAIN) this.endElement()
    this.frame = this.frames[--this.depth] as OpenBracket
  }

  /**
   * Merges the element that ends here into the previous one when both have the same form, and makes lists of their values.
   */
  endElement(): void {
    const { frame, slots } = this
    const { kind, start, startSlot, previous, previousSlot } = frame
    if (kind !== LIST && kind !== ARRAY && kind !== ROWS) return
    const size = this.size - start
    if (size <= 0) return
    if (previous >= 0 && start - 1 - previous === size && this.isSame(previous, start, size)) {
      this.drop(start - 1)
      if (this.withSlots) this.mergeSlots(previousSlot, startSlot, kind === ROWS && !frame.merged)
      frame.merged = true
      return
    }
    frame.previous = start
    frame.previousSlot = startSlot
    frame.merged = false
    if (this.withSlots && kind !== ROWS)
      for (let at = startSlot; at < slots.length; at++) slots[at] = asList(slots[at] as ValueSource)
  }

  isSame(one: number, other: number, size: number): boolean {
    const { texts } = this
    for (let at = 0; at < size; at++) if (texts[one + at] !== texts[other + at]) return false
    return true
  }

  mergeSlots(into: number, from: number, first: boolean): void {
    const { slots } = this
    for (let at = from; at < slots.length; at++) {
      const target = into + at - from
      if (first) slots[target] = asList(slots[target] as ValueSource)
      const list = slots[target] as ValueSource[]
      const slot = slots[at] as ValueSource
      if (Array.isArray(slot)) for (const item of slot) list.push(item)
      else list.push(slot)
    }
    slots.length = from
  }

  /**
   * Skips, from the comma at `index`, the elements that differ from the previous one only in literals and parameters, without
   * splitting them into tokens. Most elements of long lists do. The last element is never skipped.
   */
  skipAlikeElements(): void {
    const { index, tokens } = this
    const first = this.frame.startToken
    if (index <= first || !this.isPlainElement(first, index)) return
    const comma = lastAlikeComma(this.sql, tokens, first, index, this.frame.kind === ROWS)
    if (comma === this.starts[index]) return
    for (let at = first; at < index; at++)
      if (this.kinds[at] === NUMBER || this.kinds[at] === STRING) this.literals = MANY_LITERALS
    this.starts[index] = comma
    this.ends[index] = comma + 1
    tokens.count = index + 1
    tokens.at = comma + 1
    tokens.done = tokens.at >= this.sql.length
    this.count = tokens.count
  }

  /**
   * True when each word of the element depends only on its neighbours: the element contains no query, and no clause in which
   * a number could be a position.
   */
  isPlainElement(from: number, to: number): boolean {
    const { kinds } = this
    let depth = 0
    for (let at = from; at < to; at++) {
      const kind = kinds[at] as number
      if (kind === WORD) {
        const text = this.wordAt(at)
        if ((found.flags & (MAKES_QUERY | STARTS_OTHER_CLAUSE)) !== 0 || text === 'by' || text === 'on')
          return false
        const which = found.flags >>> ACTION_SHIFT
        if (which === LIMIT || which === OFFSET || which === FETCH) return false
      } else if (kind === OTHER) {
        if (this.isChar(at, 40) || this.isChar(at, 91)) depth++
        else if (this.isChar(at, 41) || this.isChar(at, 93)) depth--
        else if (this.isChar(at, 59)) return false
        if (depth < 0) return false
      }
    }
    return depth === 0
  }

  /** Rewrites `CAST(x AS t)` as `x::t`. The cast of a value is then dropped like any other. */
  rewriteCast({ start, startSlot }: OpenBracket): void {
    const { texts, flags } = this
    let as = start
    while (as < this.size && !(texts[as] === 'as' && ((flags[as] as number) & PIECE_CLASS) === PIECE_WORD)) {
      const pieceClass = (flags[as] as number) & PIECE_CLASS
      const expected = (as - start) % 2 === 0 ? pieceClass <= PIECE_VALUE : texts[as] === '.'
      if (!expected) return
      as++
    }
    const size = as - start
    if (size % 2 === 0 || as + 2 >= this.size) return
    const operandFlags = flags[start] as number
    const isValue = (operandFlags & PIECE_CLASS) === PIECE_VALUE
    if (isValue ? size > 1 : (operandFlags & IS_SPECIAL) !== 0) return
    if (isValue) {
      const type = this.withSlots ? texts.slice(as + 1, this.size - 1).join(' ') : ''
      this.drop(start - 2)
      this.push('?', VALUE_FLAGS)
      const value = this.index
      this.skipCasts()
      if (this.withSlots) {
        const behind = this.index > value ? this.sql.slice(this.starts[value + 1], this.ends[this.index]) : ''
        this.slots.length = startSlot + 1
        this.slots[startSlot] = { of: this.slots[startSlot] as ValueSource, cast: `::${type}${behind}` }
      }
      return
    }
    const operand = texts.slice(start, as)
    const allFlags = flags.slice(start, this.size - 1)
    const type = texts.slice(as + 1, this.size - 1)
    this.drop(start - 2)
    for (let at = 0; at < size; at++) this.push(operand[at] as string, allFlags[at] as number)
    this.push('::', CAST_FLAGS)
    for (let at = 0; at < type.length; at++) this.push(type[at] as string, allFlags[size + 1 + at] as number)
  }
}

function newFrame(): OpenBracket {
  return {
    kind: PLAIN,
    start: 0,
    startSlot: 0,
    startToken: 0,
    previous: -1,
    previousSlot: -1,
    merged: false,
    positions: false,
    limit: false,
  }
}

function setFrame(
  frame: OpenBracket,
  kind: number,
  start: number,
  startSlot: number,
  startToken: number,
  positions: boolean,
  limit: boolean,
): void {
  frame.kind = kind
  frame.start = start
  frame.startSlot = startSlot
  frame.startToken = startToken
  frame.previous = -1
  frame.previousSlot = -1
  frame.merged = false
  frame.positions = positions
  frame.limit = limit
}

function asList(slot: ValueSource): ValueSource[] {
  return Array.isArray(slot) ? slot : [slot]
}
