// Reads how many rows a statement asks for and how many it skips: the LIMIT and OFFSET of its outermost query, also when they
// are parameters. Nothing is calculated: the limit of `limit $1 * 2`, or of a text with several statements, is unknown.

import { CAST, lex, NUMBER, PARAM, STRING, type Tokens, WORD } from './lexer.ts'
import { literalValue } from './literal-value.ts'

export interface LimitInForce {
  limit?: number
  offset?: number
}

export function limitInForce(sql: string, params: readonly unknown[] = []): LimitInForce {
  if (!MAY_HAVE_ONE.test(sql)) return {}
  const tokens = lex(sql)
  const { count, kinds } = tokens
  const textAt = (at: number) => tokenText(sql, tokens, at)
  const inForce: LimitInForce = {}
  let depth = 0
  for (let index = 0; index < count; index++) {
    const text = textAt(index)
    if (text === '(' || text === '[') depth++
    else if (text === ')' || text === ']') depth--
    else if (text === ';' && index < count - 1) return {}
    if (depth !== 0 || kinds[index] !== WORD || textAt(index - 1) === '.') continue
    if (text === 'limit') set(inForce, 'limit', countAt(sql, tokens, index + 1, params))
    else if (text === 'offset') set(inForce, 'offset', countAt(sql, tokens, index + 1, params))
    else if (text === 'fetch' && index > 0 && /^(first|next)$/.test(textAt(index + 1))) {
      const isOne = /^rows?$/.test(textAt(index + 2))
      set(inForce, 'limit', isOne ? 1 : countAt(sql, tokens, index + 2, params))
    }
  }
  return inForce
}

const MAY_HAVE_ONE = /\b(limit|offset|fetch)\b/i

function set(inForce: LimitInForce, name: keyof LimitInForce, value: number | undefined): void {
  if (value !== undefined) inForce[name] = value
}

/** The number that starts at the token, when only casts and brackets surround it. */
function countAt(sql: string, tokens: Tokens, from: number, params: readonly unknown[]): number | undefined {
  const { kinds, starts, ends } = tokens
  const textAt = (at: number) => tokenText(sql, tokens, at)
  let at = from
  let brackets = 0
  for (; textAt(at) === '('; at++) brackets++
  const raw = sql.slice(starts[at], ends[at])
  const kind = at < tokens.count ? (kinds[at] as number) : 0
  at++
  while (kinds[at] === CAST && at < tokens.count) at += 2
  for (; brackets > 0 && textAt(at) === ')'; at++) brackets--
  while (kinds[at] === CAST && at < tokens.count) at += 2
  const isOver = at >= tokens.count || kinds[at] === WORD || textAt(at) === ';'
  if (brackets > 0 || !isOver) return undefined
  if (kind === PARAM) return toCount(params[Number(raw.slice(1)) - 1])
  return kind === NUMBER || kind === STRING ? toCount(literalValue(raw, kind, false)) : undefined
}

function toCount(value: unknown): number | undefined {
  if (
    typeof value === 'string' ? !/^\d+$/.test(value) : typeof value !== 'number' && typeof value !== 'bigint'
  )
    return undefined
  const count = Number(value)
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

function tokenText(sql: string, { starts, ends, count }: Tokens, at: number): string {
  return at < 0 || at >= count ? '' : sql.slice(starts[at], ends[at]).toLowerCase()
}
