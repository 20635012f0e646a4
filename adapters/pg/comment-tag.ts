// Comments that tell route and action of a statement, in sqlcommenter's format, for pg_stat_activity and server logs. Only
// the text that is sent has them: what is recorded is the application's own. A statement that a comment could harm, or
// whose comment would be lost, is sent as it is.
import { aroundMethod } from '../../src/host/replace-method.ts'
import { fingerprint } from '../../src/sql/index.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import { changed, type QueryConfig, type Submittable } from './query-form.ts'

/** pg_stat_activity keeps 1024 bytes of a statement: longer names would leave nothing of it. */
const LONGEST_VALUE = 200

/** `/*action='GET',route='%2Forders%2F%3Aid'*\/`; of a job or a test the action is its name. */
export function commentTag({ kind, name }: Pick<LiveTrace, 'kind' | 'name'>): string {
  const [, method, route] = (kind === 'http' && /^(\S+) (.+)$/s.exec(name)) || []
  // In the order of their keys, as the format demands.
  const tags = method && route ? { action: method, route } : { action: name }
  const pairs = Object.entries(tags).map(([key, value]) => `${key}='${encode(value)}'`)
  return `/*${pairs.join(',')}*/`
}

/** The arguments of `query` with the comment after their statement, unless it must not have one. */
export function tagArguments(args: readonly unknown[], tag: string): readonly unknown[] {
  const [config, ...rest] = args
  if (typeof config === 'string') return [withTag(config, tag), ...rest]
  if (!isPlain(config) || typeof config.text !== 'string' || config.name) return args
  return [changed(config, { text: withTag(config.text, tag) }), ...rest]
}

/** Has the comment in its text while it is submitted, and not before or after. */
export function tagSubmittable(query: Submittable, tag: string): void {
  const { cursor } = query as QueryConfig
  const holder = (cursor ?? query) as QueryConfig
  if (typeof holder.text !== 'string' || holder.name) return
  const { text } = holder
  aroundMethod(query, 'submit', (target, submit, args) => {
    holder.text = withTag(text, tag)
    try {
      return Reflect.apply(submit, target, args)
    } finally {
      holder.text = text
    }
  })
}

function withTag(sql: string, tag: string): string {
  const end = endOf(sql)
  // What ends in a comment has another's tag, most likely: two are none, because readers take the last comment.
  if (end === 0 || sql.endsWith('*/', end) || isCopy(sql)) return sql
  // The last line may be a comment as a whole, where the tag would be lost; a line more does no harm if it is none.
  const lastLine = sql.slice(sql.lastIndexOf('\n') + 1)
  if (lastLine.includes('--')) return `${sql}\n${tag}`
  return `${sql.slice(0, end)} ${tag}${sql.slice(end)}`
}

/** Where a statement is over, before a semicolon and white space. */
function endOf(sql: string): number {
  const end = beforeSpace(sql, sql.length)
  return sql[end - 1] === ';' ? beforeSpace(sql, end - 1) : end
}

function beforeSpace(sql: string, end: number): number {
  let at = end
  while (at > 0 && SPACE.has(sql[at - 1] as string)) at--
  return at
}

/** To PostgreSQL. What JavaScript takes for a space beyond these may be the end of a name. */
const SPACE: ReadonlySet<string> = new Set([' ', '\t', '\n', '\v', '\f', '\r'])

/** Or one of several statements may be, as far as the words tell. */
function isCopy(sql: string): boolean {
  if (fingerprint(sql).kind === 'copy') return true
  const at = sql.search(/\bcopy\b/i)
  return at >= 0 && /\bstd(?:in|out)\b/i.test(sql.slice(at))
}

/** Whatever could end the comment, begin another or close a quote is encoded. */
function encode(value: string): string {
  const text = value.length > LONGEST_VALUE ? value.slice(0, LONGEST_VALUE) : value
  return encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

function isPlain(config: unknown): config is QueryConfig {
  if (typeof config !== 'object' || config === null) return false
  const prototype = Object.getPrototypeOf(config)
  return prototype === Object.prototype || prototype === null
}
