// SQL comments that name the route and the action of a statement, in sqlcommenter's format, for pg_stat_activity and server logs.
// Only the text that is sent contains them: the application's own text is recorded. A statement that a comment could
// harm, or whose comment would be lost, is sent as it is.
import { fingerprint } from '../sql/index.ts'
import type { TraceKind } from '../types/trace.ts'

/** pg_stat_activity keeps 1024 bytes of a statement, so a longer name would leave no room for the statement. */
const LONGEST_VALUE = 200

/** `/*action='GET',route='%2Forders%2F%3Aid'*\/` for a request. For a job or a test the action is its name. */
export function commentTag({ kind, name }: { kind: TraceKind; name: string }): string {
  const [, method, route] = (kind === 'http' && /^(\S+) (.+)$/s.exec(name)) || []
  // The format demands the keys in alphabetical order.
  const tags = method && route ? { action: method, route } : { action: name }
  const pairs = Object.entries(tags).map(([key, value]) => `${key}='${encode(value)}'`)
  return `/*${pairs.join(',')}*/`
}

/** The statement with the comment at its end; unchanged when it must have none. */
export function addComment(sql: string, comment: string): string {
  const end = endOf(sql)
  // A comment at the end is most likely a tag of another tool. Readers take the last comment, so there must not be two.
  if (end === 0 || sql.endsWith('*/', end) || isCopy(sql)) return sql
  // In a line comment the tag would be lost. A new line does no harm when the last line only looks like one.
  const lastLine = sql.slice(sql.lastIndexOf('\n') + 1)
  if (lastLine.includes('--')) return `${sql}\n${comment}`
  return `${sql.slice(0, end)} ${comment}${sql.slice(end)}`
}

/** The position after the last character of the statement, before a semicolon and white space. */
function endOf(sql: string): number {
  const end = beforeSpace(sql, sql.length)
  return sql[end - 1] === ';' ? beforeSpace(sql, end - 1) : end
}

function beforeSpace(sql: string, end: number): number {
  let at = end
  while (at > 0 && SPACE.has(sql[at - 1] as string)) at--
  return at
}

/** White space to PostgreSQL. Other characters that JavaScript takes for a space can be the end of a name. */
const SPACE: ReadonlySet<string> = new Set([' ', '\t', '\n', '\v', '\f', '\r'])

/** The text may also hold several statements, one of which looks like a COPY. */
function isCopy(sql: string): boolean {
  if (fingerprint(sql).kind === 'copy') return true
  const at = sql.search(/\bcopy\b/i)
  return at >= 0 && /\bstd(?:in|out)\b/i.test(sql.slice(at))
}

/** Encodes every character that could end the comment, begin another one or close a quote. */
function encode(value: string): string {
  const text = value.length > LONGEST_VALUE ? value.slice(0, LONGEST_VALUE) : value
  return encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
