// The same statement with only the columns that are read. A statement is shown only when its list of columns can be
// rewritten without knowledge of the tables.

import { runnable } from '../../sql/clauses/write-statement.ts'
import { quoteName } from '../../sql/fingerprint/quote-name.ts'
import type { BuiltStatement, Remedy } from '../advisor.ts'

export function selectColumnsInSql(
  { text }: BuiltStatement,
  read: readonly string[],
  unread: readonly string[],
): Remedy {
  const rewritten = rewrite(text, read, unread)
  return onlyColumns(read, rewritten && runnable(rewritten))
}

/** The remedy that names the columns, with the code or the statement that selects them. */
export function onlyColumns(read: readonly string[], fix: string | undefined): Remedy {
  return { remediation: `Select only what is read: ${read.join(', ')}.`, ...(fix ? { fix } : {}) }
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
  // When several columns have one name, which of them is read is unknown.
  if (
    named.some(({ name }) => name === undefined) ||
    new Set(named.map(({ name }) => name)).size < named.length
  )
    return undefined
  // The rows may be sorted by a column that exists only as an alias.
  if (named.some(({ item, name = '' }) => unread.includes(name) && isSortedBy(rest, item, name)))
    return undefined
  const kept = named.filter(({ name }) => name !== undefined && names.includes(name))
  return kept.length === names.length ? `select ${kept.map(({ item }) => item).join(', ')}${rest}` : undefined
}

/** The items between SELECT and FROM; `undefined` for statements that begin with WITH. */
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

/** `order by 2` sorts by another column when the list becomes shorter. */
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

/** The name after AS, or the name of the column. */
function outputName(item: string): string | undefined {
  const name = /^(?:.* as )?(?:(?:"[^"]+"|[\w$]+)\.)*("(?:[^"]|"")+"|[a-z_][\w$]*)$/is.exec(item)?.[1]
  return name?.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

/** Whether the rows are sorted by an alias. A column of a table need not be selected to sort by it. */
function isSortedBy(rest: string, item: string, name: string): boolean {
  if (!/ as /i.test(item)) return false
  const terms = /\b(?:order|group) by (.*)$/is.exec(rest)?.[1] ?? ''
  return terms.split(/[^\w$".]+/).some((word) => word === name || word === quoteName(name))
}
