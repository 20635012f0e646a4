// Turns a statement into the pieces of its fingerprint's text: values become `?`, elements of one form become one element,
// and differences in spelling that PostgreSQL ignores disappear. One pass over the tokens with an explicit stack keeps the
// cost linear in the length, at any depth of nesting.
// The rules are lexical on purpose. Two spellings whose equality only a grammar could prove stay different: a wrong split
// costs one line in a report, but a wrong merge would be a false accusation.
//
// The normaliser is one object in three layers (`piece-stream.ts`, `list-elements.ts` and this file), with fields instead of
// closures, because it runs for every new statement of an application. Each decision looks at earlier pieces and at tokens
// ahead in such a way that reading the result again gives the same result; a fuzz test checks this.

import { isDataName } from './data-names.ts'
import {
  CAST,
  NUMBER,
  OPERATOR,
  OTHER,
  PARAM,
  QUOTED,
  STRING,
  startLexing,
  type Tokens,
  WORD,
} from './lexer.ts'
import { ARRAY, DEEPEST_FRAME, LIST, ListElements, PLAIN, ROW, ROWS, SUBSCRIPT } from './list-elements.ts'
import { literalValue, unicodeText } from './literal-value.ts'
import type { ValueSource } from './piece-stream.ts'
import {
  CAST_FLAGS,
  flagsOfOther,
  IS_DOT,
  IS_OPENING,
  IS_ROUND,
  MARK_OPERATOR_FLAGS,
  NAME_FLAGS,
  OPERATOR_FLAGS,
  PIECE_CLASS,
  PIECE_OPERATOR,
  PIECE_WORD,
  type Pieces,
  POSITION_FLAGS,
  VALUE_FLAGS,
} from './pieces.ts'
import {
  ACTION_SHIFT,
  action,
  findWord,
  flagsOfWord,
  found,
  GOES_ON,
  IS_BEFORE_NAMES,
  IS_SPECIAL,
  IS_TYPE,
  IS_UNRESERVED,
  MAKES_QUERY,
  STARTS_OTHER_CLAUSE,
} from './words.ts'

export interface Normalized extends Pieces {
  /** One slot for each `?`, when requested. */
  slots: ValueSource[]
  /** True when a long name contains digits, so that it may be generated: see `generated-names.ts`. */
  longNames: boolean
  /** True when a label after AS may be built from data: see `data-names.ts`. */
  dataLabels: boolean
  /** True when the statement contains `WHERE CURRENT OF`. */
  namesCursor: boolean
  /** True when the text contains more than one statement. */
  hasSeveral: boolean
  /** True when the text contains more literals than a handwritten statement would. */
  holdsValues: boolean
}

const NULL = action('null')
const TRUE = action('true')
const FALSE = action('false')
const DEFAULT = action('default')
const ASC = action('asc')
const ROW_WORD = action('row')
const ROWS_WORD = action('rows')
const ONLY = action('only')
const OF = action('of')
const BY = action('by')
const LIMIT = action('limit')
const OFFSET = action('offset')
const FETCH = action('fetch')
const VALUES = action('values')
const SET = action('set')
const ARRAY_WORD = action('array')
const INNER = action('inner')
const OUTER = action('outer')
const WORK = action('work')
const TRANSACTION = action('transaction')
const SAVEPOINT = action('savepoint')

/** Minimum length of names that are searched for random tokens. */
const SHORTEST_RANDOM_NAME = 16
/** PostgreSQL truncates names to this many bytes. */
const NAME_BYTES = 63

const NULL_IS_VALUE_BEHIND = new Set(['then', 'else', 'select', 'return'])
const BOOLEAN_IS_SYNTAX_BEHIND = new Set(['is', 'not', 'on', 'as'])
/** Words that can follow ASC, OFFSET n ROWS and FETCH … ONLY. */
const WORDS_BEHIND_CLAUSES = new Set(
  'nulls limit offset fetch for union intersect except rows range groups on returning window having with'.split(
    ' ',
  ),
)
const OUTER_JOINS = new Set(['left', 'right', 'full'])
/** After these words, WORK and TRANSACTION have no meaning. */
const BEFORE_WORK = new Set(['begin', 'commit', 'end', 'rollback', 'abort'])
const KEPT_SETTINGS = new Set(['default', 'none', 'local'])
const LIMIT_FLAGS = PIECE_WORD | flagsOfWord('limit')

class Normalizer extends ListElements {
  longNames = false
  dataLabels = false
  namesCursor = false
  hasSeveral = false

  run(sql: string, withSlots: boolean): Normalized {
    this.read(sql, withSlots)
    this.longNames = false
    this.dataLabels = false
    this.namesCursor = false
    this.hasSeveral = false
    for (this.index = 0; this.index < this.count || this.has(this.index); this.index++) {
      const kind = this.kinds[this.index] as number
      switch (kind) {
        case WORD:
          this.word()
          break
        case QUOTED:
          this.quoted()
          break
        case OTHER:
          this.other()
          break
        case OPERATOR:
          this.operator()
          break
        case CAST:
          this.push('::', CAST_FLAGS)
          break
        default:
          this.value(kind)
      }
    }
    while (this.depth > 0) this.closeFrame()
    const { texts, flags, slots, longNames, dataLabels, namesCursor, hasSeveral, holdsValues } = this
    while (this.size > 0 && texts[this.size - 1] === ';') this.size--
    // Code that looks a few pieces ahead must not find the pieces of an earlier statement.
    for (let at = this.size; at < this.size + 4; at++) {
      texts[at] = ''
      flags[at] = 0
    }
    this.sql = ''
    this.slots = []
    const { size } = this
    return { texts, flags, size, slots, longNames, dataLabels, namesCursor, hasSeveral, holdsValues }
  }

  word(): void {
    const { index, flags } = this
    const start = this.starts[index] as number
    const end = this.ends[index] as number
    findWord(this.sql, start, end, this.hashes[index] as number)
    let text = found.text
    const wordFlags = found.flags
    if (end - start >= SHORTEST_RANDOM_NAME && wordFlags === 0) text = this.longName(text)
    if (wordFlags === 0) this.noteLabel(text)
    const last = this.size - 1
    const lastFlags = last < 0 ? 0 : (flags[last] as number)
    if ((lastFlags & IS_DOT) !== 0) {
      this.push(text, NAME_FLAGS)
      return
    }
    if ((wordFlags & MAKES_QUERY) !== 0 && this.frame.kind === LIST) this.frame.kind = PLAIN
    if ((wordFlags & STARTS_OTHER_CLAUSE) !== 0) this.endClauses()
    const which = wordFlags >>> ACTION_SHIFT
    if (which !== 0 && this.act(which, text, wordFlags, last, lastFlags)) return
    this.push(text, PIECE_WORD | wordFlags)
  }

  /** Returns true when the word has been handled and must not be pushed. */
  act(which: number, text: string, wordFlags: number, last: number, lastFlags: number): boolean {
    const { texts, frame } = this
    const before = last < 0 ? '' : (texts[last] as string)
    const beforeWord = (lastFlags & PIECE_CLASS) === PIECE_WORD ? before : ''
    switch (which) {
      case NULL:
        if (frame.limit || !((lastFlags & IS_OPENING) !== 0 || NULL_IS_VALUE_BEHIND.has(beforeWord)))
          return false
        this.placeholder({ value: null })
        return true
      case TRUE:
      case FALSE:
        if (BOOLEAN_IS_SYNTAX_BEHIND.has(beforeWord)) return false
        this.placeholder({ value: which === TRUE })
        return true
      case DEFAULT:
        if (frame.kind !== ROW || (lastFlags & IS_OPENING) === 0) return false
        this.placeholder({ value: undefined })
        return true
      case ASC:
        // ASC is PostgreSQL's default and is dropped. After AS it is a label.
        return this.isDefaultOrder(last, before)
      case ROW_WORD:
      case ROWS_WORD:
        return before === '?' && texts[last - 1] === 'offset' && this.endsClause(this.index + 1)
      case ONLY:
        if (!this.isFetchOfRows(last) || !this.endsClause(this.index + 1)) return false
        this.drop(last - 3)
        this.push('limit', LIMIT_FLAGS)
        this.push('?', VALUE_FLAGS)
        return true
      case INNER:
        return this.wordAt(this.index + 1) === 'join'
      case OUTER:
        return OUTER_JOINS.has(beforeWord) && this.wordAt(this.index + 1) === 'join'
      case WORK:
      case TRANSACTION:
        return this.isFirst(last) && BEFORE_WORK.has(beforeWord)
      case SAVEPOINT:
        if (!this.isName(this.index + 1)) return false
        return beforeWord === 'release'
          ? this.isFirst(last)
          : beforeWord === 'to' && texts[last - 1] === 'rollback'
      case OF:
        if (beforeWord === 'current') this.namesCursor = true
        return false
      case BY:
        frame.positions = beforeWord === 'order' || beforeWord === 'group'
        return false
      case LIMIT:
      case OFFSET:
      case FETCH:
        frame.limit = true
        return false
      case VALUES:
        if (!this.isChar(this.index + 1, 40) || this.depth >= DEEPEST_FRAME) return false
        this.endClauses()
        this.push(text, PIECE_WORD | wordFlags)
        this.openFrame(ROWS, false, this.index + 1)
        return true
      case SET:
        if (last >= 0 && before !== ';') {
          // After BY or a comma the word names a column.
          if (before !== 'by' && before !== ',' && before !== '.') this.endClauses()
          return false
        }
        this.setting(wordFlags)
        return true
    }
    return false
  }

  /** True when the piece is the first of a statement. */
  isFirst(piece: number): boolean {
    return piece === 0 || this.texts[piece - 1] === ';'
  }

  endClauses(): void {
    this.frame.positions = false
    this.frame.limit = false
  }

  /** True for ASC after an item of ORDER BY. After AS it is a label, and after a row of VALUES its meaning is unknown. */
  isDefaultOrder(last: number, before: string): boolean {
    if (!this.frame.positions || before === 'as' || before === 'asc' || !this.isOperand(last)) return false
    return !(before === ')' && this.closedKind === ROW) && this.endsClause(this.index + 1)
  }

  /** Handles `FETCH FIRST n ROWS ONLY`, the standard's spelling of `LIMIT n`. */
  isFetchOfRows(last: number): boolean {
    const { texts } = this
    if (last < 4 || texts[last - 4] === ';' || texts[last - 3] !== 'fetch' || texts[last - 1] !== '?')
      return false
    const isFirst = texts[last - 2] === 'first' || texts[last - 2] === 'next'
    return isFirst && (texts[last] === 'rows' || texts[last] === 'row')
  }

  /** True when the token at `at` cannot belong to the text before it. */
  endsClause(at: number): boolean {
    if (!this.has(at)) return true
    if (this.kinds[at] === WORD) return WORDS_BEHIND_CLAUSES.has(this.wordAt(at)) && !this.isChar(at + 1, 46)
    return this.isChar(at, 44) || this.isChar(at, 41) || this.isChar(at, 59)
  }

  quoted(): void {
    const { index } = this
    const start = this.starts[index] as number
    const end = this.ends[index] as number
    const hash = this.hashes[index] as number
    if (hash !== 0) {
      findWord(this.sql, start + 1, end - 1, hash)
      let text = found.text
      if (end - start >= SHORTEST_RANDOM_NAME && found.flags === 0) text = this.longName(text)
      this.noteLabel(text)
      this.safeName(text, found.flags)
      return
    }
    const raw = this.sql.slice(start, end)
    const body =
      raw.charCodeAt(0) !== 34
        ? unicodeText(raw, 3)
        : raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined).replaceAll('""', '"')
    const text = this.longName(body)
    this.noteLabel(text)
    if (isSafeLowerCase(text)) this.safeName(text, flagsOfWord(text))
    else this.push(`"${text.replaceAll('"', '""')}"`, NAME_FLAGS)
  }

  longName(text: string): string {
    if (!this.longNames && text.length >= SHORTEST_RANDOM_NAME && /\d/.test(text)) this.longNames = true
    return cutName(text)
  }

  noteLabel(text: string): void {
    if (this.texts[this.size - 1] === 'as' && !this.dataLabels && isDataName(text)) this.dataLabels = true
  }

  /** Pushes a quoted name of lower-case letters, without its quotes unless it would then be a keyword. */
  safeName(text: string, wordFlags: number): void {
    const last = this.size - 1
    const lastFlags = last < 0 ? 0 : (this.flags[last] as number)
    if ((lastFlags & IS_DOT) !== 0) this.push(text, NAME_FLAGS)
    else if (wordFlags === 0 || this.mayLoseQuotes(wordFlags, lastFlags))
      this.push(text, PIECE_WORD | wordFlags)
    else this.push(`"${text}"`, NAME_FLAGS)
  }

  mayLoseQuotes(wordFlags: number, lastFlags: number): boolean {
    if ((wordFlags & IS_SPECIAL) !== 0) return false
    if ((wordFlags & IS_UNRESERVED) === 0) return true
    const next = this.index + 1
    if (this.isChar(next, 46)) return true
    if (this.isChar(next, 40) || this.isChar(next, 63)) return false
    if (this.has(next) && this.kinds[next] === STRING) return false
    return (lastFlags & (IS_OPENING | IS_BEFORE_NAMES)) !== 0
  }

  value(kind: number): void {
    const { index, withSlots } = this
    if (kind === PARAM) {
      this.placeholder(
        withSlots ? Number(this.sql.slice((this.starts[index] as number) + 1, this.ends[index])) : 0,
      )
      return
    }
    this.literals++
    let negative = false
    let typeBefore = ''
    if (kind === NUMBER) {
      if (this.frame.positions && this.isPosition()) {
        this.push(this.sql.slice(this.starts[index], this.ends[index]).toLowerCase(), POSITION_FLAGS)
        return
      }
      const last = this.size - 1
      if (last >= 0 && ((this.flags[last] as number) & PIECE_CLASS) === PIECE_OPERATOR) {
        const sign = this.texts[last]
        if ((sign === '-' || sign === '+') && !this.isOperand(last - 1)) {
          negative = sign === '-'
          this.drop(last)
        }
      }
    } else if (kind === STRING) typeBefore = this.dropTypeBefore()
    if (!withSlots) {
      this.placeholder(0)
      return
    }
    const value = literalValue(this.sql.slice(this.starts[index], this.ends[index]), kind, negative)
    this.placeholder(kind === NUMBER ? { value, isNumber: true } : { value }, typeBefore)
  }

  /** True for an integer that is a whole item of ORDER BY, GROUP BY or DISTINCT ON, possibly in brackets. */
  isPosition(): boolean {
    const { index, texts, flags } = this
    const text = this.sql.slice(this.starts[index], this.ends[index])
    if (/[.e]/i.test(text) && !/^0x/i.test(text)) return false
    let before = this.size - 1
    let brackets = 0
    while (before >= 0 && ((flags[before] as number) & IS_ROUND) !== 0) {
      before--
      brackets++
    }
    const opener = texts[before]
    const isItem = opener === 'by' || opener === ','
    if (brackets > 0 && !isItem) brackets--
    else if (!isItem && opener !== 'distinct' && opener !== 'all') return false
    let next = index + 1
    while (brackets > 0 && this.isChar(next, 41)) {
      next++
      brackets--
    }
    while (this.wordAt(next) === 'asc') next++
    if (!this.has(next)) return true
    const kind = this.kinds[next] as number
    if (kind === WORD) {
      this.wordAt(next)
      return (found.flags & GOES_ON) === 0
    }
    if (kind !== OPERATOR && kind !== CAST && kind !== OTHER) return true
    return this.isChar(next, 44) || this.isChar(next, 59) || this.isChar(next, 41) || this.isChar(next, 63)
  }

  /**
   * Returns the type of a typed literal such as `date '…'` or `timestamp with time zone '…'`, which is dropped with the
   * literal.
   */
  dropTypeBefore(): string {
    const { texts, flags, size } = this
    let at = size - 1
    if (at < 0 || ((flags[at] as number) & PIECE_CLASS) !== PIECE_WORD) return ''
    if (texts[at] === 'zone' && texts[at - 1] === 'time') {
      if (texts[at - 2] !== 'with' && texts[at - 2] !== 'without') return ''
      at -= 3
      if (texts[at] !== 'time' && texts[at] !== 'timestamp') return ''
    } else if (texts[at] === 'precision' && texts[at - 1] === 'double') at--
    else if (((flags[at] as number) & IS_TYPE) === 0) return ''
    if (this.isOperand(at - 1) || texts[at - 1] === '::' || texts[at - 1] === 'as') return ''
    this.drop(at)
    return this.withSlots ? texts.slice(at, size).join(' ') : ''
  }

  operator(): void {
    const { index } = this
    const start = this.starts[index] as number
    if (this.isChar(index, 63)) {
      const isCast = this.has(index + 1) && this.kinds[index + 1] === CAST
      if (isCast || !this.isOperand(this.size - 1)) this.placeholder(0)
      else this.push('?', MARK_OPERATOR_FLAGS)
      return
    }
    const text = this.sql.slice(start, this.ends[index])
    this.push(text === '!=' ? '<>' : text, OPERATOR_FLAGS)
  }

  other(): void {
    const code = this.sql.charCodeAt(this.starts[this.index] as number)
    switch (code) {
      case 40:
        this.openBracket()
        return
      case 44:
        this.comma()
        return
      case 41:
      case 93:
        this.closeBracket(code === 41 ? ')' : ']')
        return
      case 46:
        this.push('.', flagsOfOther(46))
        return
      case 91: {
        const last = this.size - 1
        const lastFlags = last < 0 ? 0 : (this.flags[last] as number)
        const inArray = this.frame.kind === ARRAY && (this.texts[last] === '[' || this.texts[last] === ',')
        const isArray =
          inArray || ((lastFlags & PIECE_CLASS) === PIECE_WORD && lastFlags >>> ACTION_SHIFT === ARRAY_WORD)
        this.push('[', flagsOfOther(91))
        this.openFrame(isArray ? ARRAY : SUBSCRIPT, false, this.index + 1)
        return
      }
      case 59: {
        while (this.depth > 0) this.closeFrame()
        this.tooDeep = 0
        this.frame.positions = false
        this.frame.limit = false
        const last = this.size - 1
        if (last < 0 || this.texts[last] === ';') return
        this.hasSeveral = true
        this.push(';', flagsOfOther(59))
        return
      }
    }
    this.push(String.fromCharCode(code), flagsOfOther(code))
  }

  /** Reads `SET name TO value`: everything in place of the value is one value, including names and lists. */
  setting(wordFlags: number): void {
    const { sql, tokens } = this
    this.push('set', PIECE_WORD | wordFlags)
    let at = this.index + 1
    if (this.wordAt(at) === 'session' || this.wordAt(at) === 'local') at++
    if (this.wordAt(at) === 'time' && this.wordAt(at + 1) === 'zone') at += 2
    else if (this.wordAt(at) === 'role' || this.wordAt(at) === 'authorization') at++
    else {
      if (!this.isName(at)) return
      at++
      while (this.isChar(at, 46) && this.isName(at + 1)) at += 2
      if (this.wordAt(at) !== 'to' && !this.isChar(at, 61)) return
    }
    while (++this.index < at) {
      const kind = this.kinds[this.index]
      if (kind === QUOTED) this.quoted()
      else if (kind === WORD) this.push(cutName(this.wordAt(this.index)), PIECE_WORD)
      else this.push('.', flagsOfOther(46))
    }
    if (this.wordAt(at) === 'to' || this.isChar(at, 61)) {
      this.push('=', OPERATOR_FLAGS)
      at++
    }
    this.index = at - 1
    if (!this.has(at) || this.isChar(at, 59) || KEPT_SETTINGS.has(this.wordAt(at))) return
    let end = at
    while (this.has(end) && !this.isChar(end, 59)) end++
    this.index = end - 1
    this.push('?', VALUE_FLAGS)
    if (this.withSlots) this.slots.push({ value: settingValue(sql, tokens, at, end) })
  }
}

const normalizer = new Normalizer(startLexing(''))

export function normalize(sql: string, withSlots: boolean): Normalized {
  return normalizer.run(sql, withSlots)
}

function settingValue(sql: string, tokens: Tokens, from: number, to: number): string {
  const { kinds, starts, ends } = tokens
  const text = sql.slice(starts[from], ends[to - 1])
  const kind = kinds[from] as number
  return to - from === 1 && (kind === STRING || kind === NUMBER) ? literalValue(text, kind, false) : text
}

function isSafeLowerCase(text: string): boolean {
  return /^[a-z_][a-z0-9_$]*$/.test(text)
}

/** The longest prefix of the name that PostgreSQL keeps: whole characters within 63 bytes. */
function cutName(text: string): string {
  if (text.length * 3 <= NAME_BYTES) return text
  let bytes = 0
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) as number
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (bytes > NAME_BYTES) return text.slice(0, at)
    at += code > 0xffff ? 2 : 1
  }
  return text
}
