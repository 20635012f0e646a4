// What to select instead: the very statement with the columns that are read, where its list of columns can be rewritten
// without knowing the tables; in Drizzle's words where the query came from Drizzle. Otherwise the names alone.
import { selectedInDrizzle } from '../advice/drizzle-columns.ts'
import { runnable } from '../sql/clauses/write-statement.ts'
import { quoteName } from '../sql/fingerprint/quote-name.ts'
import type { Finding } from '../types/finding.ts'
import type { Place } from './row-uses.ts'

type Remedy = Pick<Finding, 'remediation' | 'fix'>
type Column = { name: string }

export function selectOnly(
  { text, via, expression }: Pick<Place, 'text' | 'via' | 'expression'>,
  used: readonly Column[],
  unread: readonly Column[],
): Remedy {
  const names = used.map(({ name }) => name)
  const fix =
    via === 'drizzle'
      ? selectedInDrizzle(text, names, expression)
      : inSql(
          text,
          names,
          unread.map(({ name }) => name),
        )
  return { remediation: `Select only what is read: ${names.join(', ')}.`, ...(fix ? { fix } : {}) }
}

function inSql(text: string, names: readonly string[], unread: readonly string[]): string | undefined {
  const rewritten = rewrite(text, names, unread)
  return rewritten && runnable(rewritten)
}

function rewrite(text: string, names: readonly string[], unread: readonly string[]): string | undefined {
  const list = listOf(text)
  if (!list) return undefined
  const { items, rest } = list
  const [only] = items
  const star = items.length === 1 && /^((?:"[^"]+"|[\w$]+)\.)?\*$/.exec(only ?? '')
  if (star)
    return isOneTable(rest)
      ? `select ${names.map((name) => `${star[1] ?? ''}${quoteName(name)}`).join(', ')}${rest}`
      : undefined
  const named = items.map((item) => ({ item, name: outputName(item) }))
  // A column that is only an alias may be what the rows are sorted by; one of several with its name may be the one read.
  if (
    named.some(({ name }) => name === undefined) ||
    new Set(named.map(({ name }) => name)).size < named.length
  )
    return undefined
  if (named.some(({ item, name = '' }) => unread.includes(name) && isSortedBy(rest, item, name)))
    return undefined
  const kept = named.filter(({ name }) => name !== undefined && names.includes(name))
  return kept.length === names.length ? `select ${kept.map(({ item }) => item).join(', ')}${rest}` : undefined
}

/** The items between the SELECT and its FROM. Nothing is said of statements that begin with WITH. */
function listOf(text: string): { items: string[]; rest: string } | undefined {
  if (!/^select /.test(text) || isByPosition(text)) return undefined
  const items: string[] = []
  let depth = 0
  let start = 'select '.length
  for (const { 0: found, index } of text.matchAll(/"(?:[^"]|"")*"|[(),]| from /g)) {
    if (index < start) continue
    if (found === '(') depth++
    if (found === ')') depth--
    if (depth > 0 || (found !== ',' && found !== ' from ')) continue
    items.push(text.slice(start, index).trim())
    start = index + 1
    if (found === ' from ') return { items, rest: text.slice(index) }
  }
  return undefined
}

/** A position in the list means another column when the list is shorter. */
function isByPosition(text: string): boolean {
  return text.split(/[()]/).some((part) => {
    const clause = part.search(/\b(?:order|group) by /i)
    return clause >= 0 && /(?:, |\bby )\d/i.test(part.slice(clause))
  })
}

function isOneTable(rest: string): boolean {
  return (
    !/\bjoin\b/i.test(rest) &&
    !/^ from [^()]*?,/i.test(rest.replace(/ (where|group|order|limit|offset|for) .*$/is, '')) &&
    !/^ from \(/.test(rest)
  )
}

/** The name behind AS, or the column's own. */
function outputName(item: string): string | undefined {
  const name = /^(?:.* as )?(?:(?:"[^"]+"|[\w$]+)\.)*("(?:[^"]|"")+"|[a-z_][\w$]*)$/is.exec(item)?.[1]
  return name?.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

/** Only an alias: a column can be sorted by without being selected. */
function isSortedBy(rest: string, item: string, name: string): boolean {
  if (!/ as /i.test(item)) return false
  const behind = /\b(?:order|group) by (.*)$/is.exec(rest)?.[1] ?? ''
  return behind.split(/[^\w$".]+/).some((word) => word === name || word === quoteName(name))
}
