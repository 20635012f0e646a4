// Prepares a stored statement for EXPLAIN (GENERIC_PLAN). The values of its literals are gone, and what is left of them ('' or 0) has
// no valid plan: '' is no uuid, and 0 may be a rare value. So each of them becomes a parameter, numbered after those of the
// application, and PostgreSQL chooses the type as it does for a literal.

import {
  lex,
  NUMBER,
  OTHER,
  PARAM,
  QUOTED,
  STRING,
  type Tokens,
  WORD,
} from '../../../sql/fingerprint/lexer.ts'
import { endOfTypeName } from '../../../sql/fingerprint/type-name.ts'
import { fingerprint, type StatementKind } from '../../../sql/index.ts'

/** A statement in which every value is a parameter. */
export interface StatementToExplain {
  /** The statement, with a cast to text behind the parameters whose type PostgreSQL cannot find out. */
  text(castToText?: ReadonlySet<number>): string
}

/** The statements that EXPLAIN plans, apart from MERGE and those that create tables. */
const KINDS: ReadonlySet<StatementKind> = new Set(['select', 'insert', 'update', 'delete'])

/**
 * `neutral` is a statement without its values, as `neutralLiterals` writes it.
 *
 * @returns the reason, in one sentence, when it cannot be explained
 */
export function statementToExplain(neutral: string): StatementToExplain | { reason: string } {
  if (!KINDS.has(fingerprint(neutral).kind))
    return { reason: 'Only SELECT, INSERT, UPDATE, DELETE, VALUES and WITH have a plan.' }
  const tokens = lex(neutral)
  if (hasSeveral(neutral, tokens)) return { reason: 'The text holds several statements.' }
  const parts = partsOf(neutral, tokens)
  return {
    text: (castToText = new Set()) =>
      parts
        .map((part) => {
          if (typeof part === 'string') return part
          return `$${part.number}${castToText.has(part.number) ? '::text' : (part.cast ?? '')}`
        })
        .join(''),
  }
}

interface Parameter {
  number: number
  cast?: string
}
type Part = string | Parameter

/** A semicolon that is followed by anything. In a statement without its strings and comments it separates two statements. */
function hasSeveral(sql: string, { count, kinds, starts }: Tokens): boolean {
  for (let at = 0; at < count - 1; at++)
    if (kinds[at] === OTHER && sql[starts[at] as number] === ';') return true
  return false
}

function partsOf(sql: string, tokens: Tokens): Part[] {
  const { count, kinds, starts, ends } = tokens
  const parts: Part[] = []
  const typedStrings = findTypedStrings(sql, tokens)
  let number = highestParameter(sql, tokens)
  /** The source before this offset is in the parts. */
  let done = 0
  const put = (from: number, to: number, part: Part) => {
    parts.push(sql.slice(done, from), part)
    done = to
  }
  for (let at = 0; at < count; at++) {
    const start = starts[at] as number
    const end = ends[at] as number
    const string = typedStrings.get(at)
    if (string !== undefined) {
      const type = withoutModifiers(sql.slice(start, starts[string]))
      put(start, ends[string] as number, { number: ++number, cast: `::${type}` })
      at = string
    } else if (kinds[at] === PARAM) {
      put(start, end, { number: Number(sql.slice(start + 1, end)) })
    } else if (kinds[at] === STRING) {
      put(start, end, { number: ++number })
    } else if (kinds[at] === NUMBER && !isPage(sql, tokens, at)) {
      const text = sql.slice(start, end)
      if (text === '0') put(start, end, { number: ++number, cast: '::integer' })
      else if (text === '0.0') put(start, end, { number: ++number, cast: '::numeric' })
    } else {
      const type = isTypeNext(sql, tokens, at) ? endOfTypeName(sql, tokens, at + 1) : at + 1
      if (type <= at + 1) continue
      // The modifiers of the type, such as its length, are removed literals too.
      const from = starts[at + 1] as number
      const to = ends[type - 1] as number
      put(from, to, withoutModifiers(sql.slice(from, to)))
      at = type - 1
    }
  }
  const last =
    count > 0 && sql[starts[count - 1] as number] === ';' ? (starts[count - 1] as number) : sql.length
  parts.push(sql.slice(done, last))
  return parts
}

function highestParameter(sql: string, { count, kinds, starts, ends }: Tokens): number {
  let highest = 0
  for (let at = 0; at < count; at++)
    if (kinds[at] === PARAM)
      highest = Math.max(highest, Number(sql.slice((starts[at] as number) + 1, ends[at])))
  return highest
}

/** `numeric(0,0)` is no type. Without modifiers every type is valid. */
function withoutModifiers(type: string): string {
  return type.replaceAll(/\([\d\s,]*\)/g, ' ').trim()
}

const PAGE = new Set(['limit', 'offset', 'first', 'next'])

/** Numbers of rows are kept, so this one is the number that was sent. */
function isPage(sql: string, tokens: Tokens, at: number): boolean {
  return PAGE.has(wordAt(sql, tokens, at - 1))
}

/** A type follows `::` and the `as` of a cast. After the `as` of an alias follows no type with modifiers, so nothing changes there. */
function isTypeNext(sql: string, tokens: Tokens, at: number): boolean {
  return sql.startsWith('::', tokens.starts[at]) || wordAt(sql, tokens, at) === 'as'
}

/** Types that are written before a string: `interval '1 day'`. A name that is no type is never followed by a string. */
const TYPES_BEFORE_STRINGS = new Set(
  (
    'interval date time timestamp timestamptz timetz json jsonb jsonpath uuid bytea inet cidr macaddr money xml ' +
    'point line lseg box path polygon circle int2 int4 int8 float4 float8 numeric decimal bool boolean bit varbit text varchar ' +
    'bpchar char int integer bigint smallint real regclass regtype oid name tsquery tsvector int4range int8range numrange ' +
    'daterange tsrange tstzrange'
  ).split(' '),
)

/** The strings with a type in front of them, by the first token of the type. */
function findTypedStrings(sql: string, tokens: Tokens): Map<number, number> {
  const found = new Map<number, number>()
  for (let at = 0; at < tokens.count; at++) {
    const type = tokens.kinds[at] === STRING ? typeBefore(sql, tokens, at) : undefined
    if (type !== undefined) found.set(type, at)
  }
  return found
}

/** The index of the first token of the type that is written before a string, or undefined when there is none. */
function typeBefore(sql: string, tokens: Tokens, at: number): number | undefined {
  let name = at - 1
  if (wordAt(sql, tokens, name) === 'zone' && wordAt(sql, tokens, name - 1) === 'time') {
    if (!ZONES.has(wordAt(sql, tokens, name - 2))) return undefined
    name -= 3
  }
  if (
    charAt(sql, tokens, name) === ')' &&
    tokens.kinds[name - 1] === NUMBER &&
    charAt(sql, tokens, name - 2) === '('
  )
    name -= 3
  if (wordAt(sql, tokens, name) === 'precision' && wordAt(sql, tokens, name - 1) === 'double') return name - 1
  if (!TYPES_BEFORE_STRINGS.has(wordAt(sql, tokens, name))) return undefined
  // `t.date ''` and `pg_catalog.date ''`
  return charAt(sql, tokens, name - 1) === '.' && isName(tokens, name - 2) ? name - 2 : name
}

const ZONES = new Set(['with', 'without'])

function wordAt(sql: string, { count, kinds, starts, ends }: Tokens, at: number): string {
  return at >= 0 && at < count && kinds[at] === WORD ? sql.slice(starts[at], ends[at]).toLowerCase() : ''
}

function charAt(sql: string, { starts }: Tokens, at: number): string | undefined {
  return at >= 0 ? sql[starts[at] as number] : undefined
}

function isName({ kinds }: Tokens, at: number): boolean {
  return at >= 0 && (kinds[at] === WORD || kinds[at] === QUOTED)
}
