// `/* pg-loupe-ignore n-plus-one until 2027-01-31: reason */` in a statement: what somebody who cannot wrap the call says
// about it. Only a comment counts, never the same words in a string, and of the comment nothing but this is kept.
import type { Ignore, Query } from '../../types/query.ts'
import { lex } from './lexer.ts'

const MARKER = 'pg-loupe-ignore'
/** Enough to give a reason; what is longer was not written by hand. */
const LONGEST_REASON = 200

/** In the order they stand; undefined when there is none, which is told fast. Never throws. */
export function ignoreComments(sql: string): Ignore[] | undefined {
  if (!sql.includes(MARKER)) return undefined
  const ignores = commentsOf(sql).flatMap((comment) => readComment(comment) ?? [])
  return ignores.length > 0 ? ignores : undefined
}

/** All that the code says about the query, in its context and in its statement. A trace file holds both together. */
export function ignoresOf({ ignored, sql }: Query): readonly Ignore[] | undefined {
  if (ignored?.some(({ by }) => by === 'comment')) return ignored
  const comments = ignoreComments(sql)
  return comments ? [...(ignored ?? []), ...comments] : ignored
}

/** A reason as it is kept: on one line, without what could steer a terminal, and not too long. */
export function cleanReason(reason: string): string {
  const line = reason
    .slice(0, 4 * LONGEST_REASON)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON - 1)}…` : line
}

/** What stands between the tokens is white space and comments. */
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

/** Of nested ones the outermost up to the first end, which is where a marker can stand. */
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
