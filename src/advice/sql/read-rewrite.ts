// Rewrites a read in a loop as one statement. A statement is written only when the text proves that it gives each turn of the
// loop the same rows as before. Otherwise the result only names the way, and the user writes the statement.

import { aggregateWithoutRows, callsAggregate } from '../../sql/clauses/aggregates.ts'
import {
  type SelectClauses,
  type Span,
  selectClauses,
  splitAtAnd,
  splitAtCommas,
} from '../../sql/clauses/clauses.ts'
import { type Edit, parameters, writeStatement } from '../../sql/clauses/write-statement.ts'
import { type AskedKey, canBeJoined, columnOfKey, type OutputKey, outputKeys } from './output-key.ts'
import {
  type AggregateOutput,
  LONGEST_STATEMENT,
  type ReadRewrite,
  type RepeatedRead,
} from './repeated-read.ts'
import { lateral, walk } from './row-by-row.ts'

export function rewriteRead(read: RepeatedRead): ReadRewrite {
  if (read.isWrittenBetween) return { kind: 'written' }
  if (read.text.length + (read.parent?.text.length ?? 0) > LONGEST_STATEMENT) return inWords(read)
  if (read.nextFrom !== undefined) return { kind: 'walk', sql: walk(read, read.nextFrom) }
  const clauses = selectClauses(read.text)
  const keys = clauses && askedKeys(read, clauses)
  return (clauses && keys && askForAll(read, clauses, keys)) ?? lateral(read) ?? inWords(read)
}

function inWords({ text, varying }: RepeatedRead): ReadRewrite {
  return {
    kind: 'words',
    keys: varying.flatMap(({ column }) => column ?? []),
    limited: LIMITED.test(text),
  }
}

const LIMITED = /\b(?:limit|fetch (?:first|next))\b/

/** The varying values, if each is compared alone in a condition that is true for every row: `column = ?`. */
function askedKeys({ text, varying }: RepeatedRead, { where }: SelectClauses): AskedKey[] | undefined {
  if (!where) return undefined
  const conditions = splitAtAnd(text, where)
  const keys = varying.map((value) => {
    const span = conditions.find(({ start, end }) => start <= value.start && value.start < end)
    const column = span && columnOfKey(text.slice(span.start, span.end))
    return column === undefined ? undefined : { ...span, column, position: value.position }
  })
  const found = keys.filter((key) => key !== undefined) as AskedKey[]
  const columns = new Set(found.map(({ column }) => column))
  return found.length > 0 && found.length === keys.length && columns.size === keys.length ? found : undefined
}

function askForAll(
  read: RepeatedRead,
  clauses: SelectClauses,
  keys: readonly AskedKey[],
): ReadRewrite | undefined {
  const { text } = read
  const list = text.slice(clauses.select.start, clauses.select.end)
  if (!clauses.from || clauses.window || /\bover \(|\bover \w|^distinct on \(/.test(list)) return undefined
  const outputs = outputKeys(text, clauses, keys)
  const [key] = outputs
  if (!key) return undefined
  if (clauses.for) return { kind: 'locked', key }
  const aggregates = aggregateOutputs(text, clauses)
  if (aggregates === undefined) return undefined
  const groups = groupEdits(text, clauses, outputs, aggregates.length > 0)
  if (!groups) return undefined
  const limits = limitEdits(read, clauses, aggregates.length > 0 && !clauses['group by'])
  if (!limits) return undefined
  if (aggregates.length > 0 && !clauses['group by']) {
    if (keys.length > 1 || list.startsWith('distinct ')) return undefined
    return {
      kind: 'grouped',
      key,
      aggregates,
      sql: write(read, clauses, keys, outputs, [...groups, ...limits]),
    }
  }
  const sql = write(read, clauses, keys, outputs, [...groups, ...limits])
  return keys.length > 1 ? { kind: 'pairs', keys: outputs, sql } : { kind: 'list', key, sql }
}

/** Undefined when the value of an item for a group is unknown. */
function aggregateOutputs(text: string, clauses: SelectClauses): AggregateOutput[] | undefined {
  const items = splitAtCommas(text, clauses.select).map(({ start, end }) => text.slice(start, end))
  const outputs = items.map((item): AggregateOutput | undefined => {
    const withoutRows = aggregateWithoutRows(item)
    return withoutRows && { item, withoutRows }
  })
  const found = outputs.filter((output) => output !== undefined)
  const isPlain = items.every((item) => !callsAggregate(withoutQueries(item)))
  if (clauses['group by']) return found
  if (isPlain) return clauses.having ? undefined : []
  return found.length === items.length && !clauses.having ? found : undefined
}

/** The item without the query inside it, whose aggregates do not count. */
function withoutQueries(item: string): string {
  const at = item.indexOf('(select ')
  return at < 0 ? item : item.slice(0, at)
}

/** Adds the keys to GROUP BY, so that each value has its own groups. */
function groupEdits(
  text: string,
  clauses: SelectClauses,
  outputs: readonly OutputKey[],
  isAggregated: boolean,
): Edit[] | undefined {
  const groupBy = clauses['group by']
  const columns = outputs.map(({ column }) => column)
  if (groupBy) {
    const body = text.slice(groupBy.start, groupBy.end)
    if (/\b(?:rollup|cube|grouping sets|all|distinct) ?\(?|\(\)/.test(body)) return undefined
    const grouped = splitAtCommas(text, groupBy).map(({ start, end }) => text.slice(start, end))
    const missing = columns.filter((column) => !grouped.includes(column))
    return missing.length > 0 ? [insertion(groupBy.end, `, ${missing.join(', ')}`)] : []
  }
  if (!isAggregated) return []
  // Each turn got one row, so there was nothing to order.
  const order = clauses['order by']
  const end = order ? order.start - 'order by '.length - 1 : (clauses.where?.end ?? text.length)
  return [
    insertion(clauses.where?.end ?? text.length, ` group by ${columns.join(', ')}`),
    ...(order ? [{ start: end, end: order.end, write: () => '' }] : []),
  ]
}

/** Removes a LIMIT that leaves out no row. Any other LIMIT counts the rows of each turn, and stays in the loop. */
function limitEdits(
  { text, limit, findsOneRow }: RepeatedRead,
  clauses: SelectClauses,
  isOneRow: boolean,
): Edit[] | undefined {
  if (clauses.offset || clauses.fetch) return undefined
  if (!clauses.limit) return []
  if (!(isOneRow || findsOneRow) || limit === undefined || limit < 1) return undefined
  const start = clauses.limit.start - ' limit '.length
  return text.startsWith(' limit ', start) ? [{ start, end: clauses.limit.end, write: () => '' }] : undefined
}

function write(
  read: RepeatedRead,
  clauses: SelectClauses,
  keys: readonly AskedKey[],
  outputs: readonly OutputKey[],
  edits: readonly Edit[],
): string | undefined {
  if (!canBeJoined(read.text, keys)) return undefined
  const next = parameters()
  const added = outputs.flatMap(({ added: item }) => item ?? [])
  return writeStatement(read, next, [
    ...(added.length > 0 ? [additionTo(read.text, clauses, added)] : []),
    ...keyEdits(read, keys, next),
    ...edits,
  ])
}

/** Adds columns at the front of the list, or at its end when ORDER BY or GROUP BY count positions. */
function additionTo(text: string, clauses: SelectClauses, added: readonly string[]): Edit {
  const { select, 'group by': groupBy, 'order by': orderBy } = clauses
  const counts = [groupBy, orderBy].some(
    (clause) => clause && splitAtCommas(text, clause).some(({ start }) => /\d/.test(text[start] ?? '')),
  )
  if (counts) return insertion(select.end, `, ${added.join(', ')}`)
  const distinct = text.startsWith('distinct ', select.start) ? 'distinct '.length : 0
  return insertion(select.start + distinct, `${added.join(', ')}, `)
}

/** Writes `column = any($1)`, or `(a, b) in (($1, $2), ($3, $4))`. The values take their types from the columns. */
function keyEdits({ text, types }: RepeatedRead, keys: readonly AskedKey[], next: () => string): Edit[] {
  const sorted = keys.toSorted((a, b) => a.start - b.start)
  const [first, ...others] = sorted as [AskedKey, ...AskedKey[]]
  const castOf = ({ position }: AskedKey) => types[position]?.cast ?? ''
  if (others.length === 0) {
    const cast = castOf(first)
    const isArray = / = any ?\(/.test(text.slice(first.start, first.end)) || cast === ''
    return [
      { ...spanOf(first), write: () => `${first.column} = any(${next()}${isArray ? cast : `${cast}[]`})` },
    ]
  }
  const row = () => `(${sorted.map((key) => `${next()}${castOf(key)}`).join(', ')})`
  const columns = sorted.map(({ column }) => column).join(', ')
  return [
    { ...spanOf(first), write: () => `(${columns}) in (${row()}, ${row()})` },
    ...others.map(({ start, end }): Edit => ({ start: start - ' and '.length, end, write: () => '' })),
  ]
}

function spanOf({ start, end }: Span): Span {
  return { start, end }
}

function insertion(at: number, text: string): Edit {
  return { start: at, end: at, write: () => text }
}
