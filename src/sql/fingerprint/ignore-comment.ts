// Reads comments such as `/* pg-loupe-ignore n-plus-one until 2027-01-31: reason */`, for developers who cannot wrap the call
// in `ignore`. The same words in a string do not count. No other part of the comment is kept.
import type { Ignore, Query } from '../../types/query.ts'
import { lex } from './lexer.ts'

const MARKER = 'pg-loupe-ignore'
/** Maximum length of a reason, which is more than people write by hand. */
const LONGEST_REASON = 200

/** The markers in the order of the text, or undefined when there is none, which is decided fast. Never throws. */
export function ignoreComments(sql: string): Ignore[] | undefined {
  if (!sql.includes(MARKER)) return undefined
  const ignores = commentsOf(sql).flatMap((comment) => readComment(comment) ?? [])
  return ignores.length > 0 ? ignores : undefined
}

/** All reasons that the code gives for the query, from its context and from its statement. A trace file contains both. */
export function ignoresOf({ ignored, sql }: Query): readonly Ignore[] | undefined {
  if (ignored?.some(({ by }) => by === 'comment')) return ignored
  const comments = ignoreComments(sql)
  return comments ? [...(ignored ?? []), ...comments] : ignored
}

/** Shortens a reason to one line without characters that could control a terminal. */
export function cleanReason(reason: string): string {
  const line = reason
    .slice(0, 4 * LONGEST_REASON)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON - 1)}…` : line
}

/** The text between the tokens is white space and comments. */
function commentsOf(sql: string): string[] {
  const { starts, ends, count } = lex(sql)
  const comments: string[] = []
  let end = 0
  for (let index = 0; index <= count; index++) {
    const next = index < count ? (starts[index] as number) : sql.length
    if (next - end > MARKER.length) comments.push(...(sql.slice(end, next).match(COMMENT) ?? []))
    end = index < count ? (ends[index] as number) : next
  }
  return comments
}

/** The text of the outermost comment up to its first end, because a marker cannot be in a nested comment. */
const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|--[^\n\r]*/g

function readComment(comment: string): Ignore | undefined {
  const match = /^(?:\/\*+|--+)\s*pg-loupe-ignore(?![\w-])([^:]*)(?::([\s\S]*))?$/.exec(
    comment.replace(/\*\/$/, ''),
  )
  if (!match) return undefined
  const [, head = '', reason = ''] = match
  const words = head.split(/[\s,]+/).filter((word) => /^[\w-]+$/.test(word))
  const at = words.indexOf('until')
  const until = at < 0 ? undefined : (words[at + 1] ?? '')
  const detectors = at < 0 ? words : words.slice(0, at)
  return {
    by: 'comment',
    reason: cleanReason(reason),
    ...(detectors.length > 0 ? { detectors } : {}),
    ...(until === undefined ? {} : { until }),
  }
}
