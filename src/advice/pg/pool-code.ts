// One statement of pg instead of those of all turns of a loop, made from its text in the source: `= $1` becomes
// `= any($1)`, and the rows are grouped in a Map by that column. Keys are compared as text, because pg returns an int8 as
// text and an int4 as a number. Only `query(text, values)` with a literal text gets code.

import { argumentsOf } from '../../source/call-chain.ts'
import { splitAtCommas } from '../../sql/clauses/clauses.ts'
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import type { ReadRows, Remedy } from '../advisor.ts'
import {
  countMentions,
  type Expression,
  type Range,
  readExpression,
  textOf,
  withReplaced,
} from '../code/expression.ts'
import { capitalized, newName, valuesOf } from '../code/loop-values.ts'
import { advice, groupRows, pasted } from '../code/pasted.ts'

export function readFromPool(source: QuerySource, rows: ReadRows): Remedy | undefined {
  const { loop } = source
  const lookup = loop?.mayAwait ? repeatedLookup(loop) : undefined
  return lookup && loop && selectOnce(lookup, source, loop, rows)
}

/** `kind` is that of the fingerprint, such as `insert`. */
export function writeToPool(kind: string, source: QuerySource): Remedy | undefined {
  const { loop } = source
  if (!loop?.mayAwait) return undefined
  if (kind !== 'insert') {
    const lookup = repeatedLookup(loop)
    return lookup && writeOnce(kind, lookup, source, loop)
  }
  const call = readCall(source.expression)
  return call && insertOnce(call, source, loop)
}

function repeatedLookup(loop: SourceLoop): Lookup | undefined {
  const call = readCall(loop.expression ?? '')
  return call && lookupOf(call, loop)
}

/** `pool.query('select …', [a, b])` */
interface PoolCall {
  expression: Expression
  quote: string
  sql: string
  textRange: Range
  values: readonly Range[]
}

function readCall(text: string): PoolCall | undefined {
  const expression = readExpression(text)
  const [call] = expression?.calls ?? []
  if (expression?.calls.length !== 1 || call?.name !== 'query' || call.args.length !== 2) return undefined
  const [textRange, list] = call.args as [Range, Range]
  const { texts, partners } = expression.tokens
  const written = textOf(expression, textRange)
  const quote = written[0] ?? ''
  if (textRange[1] !== textRange[0] + 1 || !`'"\``.includes(quote) || written.includes('\\')) return undefined
  if (texts[list[0]] !== '[' || partners[list[0]] !== list[1] - 1) return undefined
  const values = argumentsOf(expression.tokens, list[0])
  return { expression, quote, sql: written.slice(1, -1), textRange, values }
}

/** A statement that takes one value of the loop, and compares one column with it. */
interface Lookup extends PoolCall {
  /** The column as the statement names it. */
  column: string
  /** The last part of the column, without quotes. */
  name: string
  value: string
  valueRange: Range
  /** The statement for a list of values. */
  batched: string
}

function lookupOf(call: PoolCall, { names }: SourceLoop): Lookup | undefined {
  const { expression, values, sql } = call
  const used = values.filter((value) => countMentions(expression, value, names) > 0)
  const [valueRange] = used
  if (!valueRange || used.length !== 1) return undefined
  if (countMentions(expression, [0, expression.end], names) !== countMentions(expression, valueRange, names))
    return undefined
  const number = values.indexOf(valueRange) + 1
  const parameters = [...sql.matchAll(/\$(\d+)/g)].filter(([, found]) => Number(found) === number)
  const compared = new RegExp(`([\\w$."]{1,200}) ?= ?\\$${number}(?!\\d)`).exec(sql)
  const [whole = '', column = ''] = compared ?? []
  if (parameters.length !== 1 || column === '' || !/\bwhere\b/i.test(sql.slice(0, compared?.index)))
    return undefined
  const name = column.slice(column.lastIndexOf('.') + 1).replaceAll('"', '')
  const batched = sql.replace(whole, () => `${column} = any($${number})`)
  return { ...call, column, name, value: textOf(expression, valueRange), valueRange, batched }
}

const SIMPLE =
  /^\s*select\s(?!.*\b(?:select|distinct|union|intersect|except|having|over|for update|for share|offset|fetch)\b)/is
const AGGREGATE = /\b(?:count|sum|avg|min|max|\w+_agg|bool_or|bool_and|every)\s*\(/i
const CONDITIONS = /\bwhere\b(?!.*\bor\b)/is

function selectOnce(
  lookup: Lookup,
  source: QuerySource,
  loop: SourceLoop,
  rows: ReadRows,
): Remedy | undefined {
  const { sql, column, name, batched } = lookup
  if (source.result !== 'rows' || !SIMPLE.test(sql) || !CONDITIONS.test(sql)) return undefined
  const list = /^\s*select\s+(.*?)\s+from\s/is.exec(sql)?.[1]
  if (list === undefined) return undefined
  const isGrouped = /\bgroup\s+by\b/i.test(sql)
  if (AGGREGATE.test(list)) return isGrouped ? undefined : aggregateOnce(lookup, list, source, loop)
  if (isGrouped) return undefined
  const limit = limitAtEnd(sql)
  if (/\blimit\b/i.test(sql) && (!limit || name !== 'id'))
    return limit ? firstOfEach(lookup, source, loop) : undefined
  const hasKey = list.split(',').some((item) => [column, name, '*'].includes(item.trim().replaceAll('"', '')))
  const text = hasKey ? batched : batched.replace(/select\s+/i, (select) => `${select}${column} as for_key, `)
  const withoutLimit = limit ? text.slice(0, text.length - limit.length) : text
  const most = rows.isOneRow ? undefined : limit?.rows
  return lookedUp(lookup, { text: withoutLimit, isOwn: hasKey, most, ...rows }, source, loop)
}

/** The LIMIT at the end of the statement. `length` includes the white space around it. */
function limitAtEnd(sql: string): { rows: string; length: number } | undefined {
  const start = sql.toLowerCase().lastIndexOf('limit')
  const [, rows] = /^limit\s+(\d+)\s*$/i.exec(sql.slice(start)) ?? []
  const before = sql.slice(0, start).trimEnd()
  return start > 0 && rows && before.length < start ? { rows, length: sql.length - before.length } : undefined
}

/** The unchanged statement, run once for each value that has rows, so that it keeps its order and its limit. */
function firstOfEach(lookup: Lookup, source: QuerySource, loop: SourceLoop): Remedy | undefined {
  const { sql, column, batched } = lookup
  const from = /\bfrom\s+([\w$."]+)(?:\s+(?:as\s+)?(?!where\b)([\w$"]+))?\s+where\b/i.exec(sql)
  const comparison = /= any\(\$\d+\)/.exec(batched)?.[0]
  if (!from || comparison === undefined || from[2] !== undefined) return undefined
  const each = batched.replace(comparison, '= keys.for_key').trim()
  const [, table] = from
  const text = `select keys.for_key, rows_of_key.* from (select distinct ${column} as for_key from ${table} where ${column} ${comparison}) as keys cross join lateral (${each}) as rows_of_key`
  // `each` names no column of the outer query except `keys.for_key`, and its other values stay parameters.
  return lookedUp(lookup, { text, isOwn: false }, source, loop)
}

interface Batch {
  text: string
  /** Whether the statement selects the column already. */
  isOwn: boolean
  most?: string | undefined
  isOneRow?: boolean | undefined
}

function lookedUp(
  lookup: Lookup,
  { text, isOwn, most, isOneRow }: Batch,
  source: QuerySource,
  loop: SourceLoop,
): Remedy | undefined {
  const { column, name, value } = lookup
  const names = namesFor(lookup, source)
  const asked = askedFor(lookup, text, loop)
  const key = isOwn ? member('row', name) : 'for_key'
  const rows = `${names.by}.get(String(${value})) ?? []`
  return advice(
    source,
    `Ask once for all of ${loop.over} before the loop, with ${column} = any(…); the loop looks its rows up.`,
    pasted(source, 'pg', [], {
      before: [
        `const { rows: ${names.found} } = await ${typedFor(asked, isOwn ? JSON.stringify(name) : 'for_key')}`,
        ...groupRows(source, {
          ...names,
          isOneRow,
          row: isOwn ? 'row' : '{ for_key, ...row }',
          key: `String(${key})`,
          keyType: 'string',
          rowType: isOwn ? `typeof ${names.found}` : `Omit<(typeof ${names.found})[number], 'for_key'>[]`,
        }),
      ],
      inside: `{ rows: ${most === undefined ? rows : `(${rows}).slice(0, ${most})`} }`,
    }),
  )
}

/** The value of an aggregate of no rows; `undefined` when it is unknown. */
function ofNoRows(item: string): { name: string; value: string } | undefined {
  const parts =
    /^(count|sum|avg|min|max)\s*\([^()]*\)(\s*::\s*(?:int|integer|int4|float8))?(?:\s+(?:as\s+)?"?(\w+)"?)?$/i.exec(
      item,
    )
  if (!parts) return undefined
  const [, called = '', cast, name = called.toLowerCase()] = parts
  if (called.toLowerCase() !== 'count') return { name, value: 'null' }
  return { name, value: cast ? '0' : `'0'` }
}

function aggregateOnce(
  lookup: Lookup,
  list: string,
  source: QuerySource,
  loop: SourceLoop,
): Remedy | undefined {
  const { column, value, batched } = lookup
  const items = splitAtCommas(list, { start: 0, end: list.length }).map(({ start, end }) =>
    ofNoRows(list.slice(start, end).trim()),
  )
  if (items.some((item) => item === undefined) || /\b(?:order\s+by|limit)\b/i.test(batched)) return undefined
  const names = namesFor(lookup, source)
  const text = `${batched.trimEnd().replace(/select\s+/i, (select) => `${select}${column} as for_key, `)} group by ${column}`
  const empty = items.map((item) => `${item?.name}: ${item?.value}`).join(', ')
  const asked = typedFor(askedFor(lookup, text, loop), 'for_key')
  return advice(
    source,
    `Ask once for all of ${loop.over} before the loop, grouped by ${column}. Without rows the result is { ${empty} }.`,
    pasted(source, 'pg', [], {
      before: [
        `const { rows: ${names.found} } = await ${asked}`,
        `const ${names.by} = new Map(${names.found}.map(({ for_key, ...row }) => [String(for_key), row]))`,
      ],
      inside: `{ rows: [${names.by}.get(String(${value})) ?? { ${empty} }] }`,
    }),
  )
}

function writeOnce(kind: string, lookup: Lookup, source: QuerySource, loop: SourceLoop): Remedy | undefined {
  const { sql, column, batched } = lookup
  const plain = kind === 'delete' ? /^delete\s+from\b/i : /^update\b/i
  if (
    source.result !== 'unused' ||
    !plain.test(sql.trimStart()) ||
    /\b(?:returning|select)\b/i.test(sql) ||
    !CONDITIONS.test(sql)
  )
    return undefined
  // An expression such as `n + 1` would be applied once for each row instead of once for each turn.
  const set = /\bset\b(.*)\bwhere\b/is.exec(sql)?.[1] ?? ''
  if (kind === 'update' && !set.split(',').every((assignment) => SET_TO_ONE_VALUE.test(assignment.trim())))
    return undefined
  return advice(
    source,
    `${kind === 'delete' ? 'Delete' : 'Update'} the rows of all of ${loop.over} with one statement, by ${column} = any(…).`,
    pasted(source, 'pg', [], { before: [], inside: '', after: [`await ${askedFor(lookup, batched, loop)}`] }),
  )
}

const SET_TO_ONE_VALUE = /^[\w"]+ ?= ?(?:\$\d+|now\(\)|'[^']*'|true|false|null|\d+)$/i

function insertOnce(call: PoolCall, source: QuerySource, loop: SourceLoop): Remedy | undefined {
  const { expression, sql, values, textRange } = call
  const parts = /^(\s*insert\s+into\s+([\w$."]+)[^$]*?\bvalues\s*)(\([^()]*\))([^$]*)$/is.exec(sql)
  if (!parts || source.result !== 'unused' || /\b(?:returning|do update|select)\b/i.test(sql))
    return undefined
  const [, head = '', table = '', row = '', tail = ''] = parts
  if (countMentions(expression, [0, textRange[1]], loop.names) > 0 || values.length === 0) return undefined
  const rows = newName(`new${camel(table)}`, source)
  const bracket = row.replace(/\$(\d+)/g, (_, number) => `$\${index * ${values.length} + ${number}}`)
  const brackets = `\${${rows}.map((_, index) => \`${bracket}\`).join(', ')}`
  const list = expression.calls[0]?.args[1] as Range
  const sent = withReplaced(expression, [
    { range: textRange, by: `\`${head}${brackets}${tail}\`` },
    { range: list, by: `${rows}.flat()` },
  ])
  return advice(
    source,
    `Collect the values in the loop and insert all rows with one statement.`,
    pasted(source, 'pg', [], {
      before: [`const ${rows}${source.isTyped ? ': unknown[][]' : ''} = []`],
      inside: `${rows}.push(${textOf(expression, list)})`,
      after: [`if (${rows}.length > 0) await ${sent}`],
    }),
  )
}

/** The call with another text, and with the values of all turns instead of one value. */
function askedFor(
  { expression, quote, textRange, valueRange, value }: Lookup,
  text: string,
  loop: SourceLoop,
): string {
  return withReplaced(expression, [
    { range: textRange, by: `${quote}${text}${quote}` },
    { range: valueRange, by: valuesOf(loop, value) },
  ])
}

/** Adds the key to the type of `query<Row>(…)`. */
function typedFor(asked: string, key: string): string {
  const start = asked.indexOf('.query<')
  const end = start < 0 ? -1 : asked.indexOf('>(', start)
  return end < 0 ? asked : `${asked.slice(0, end)} & { ${key}: unknown }${asked.slice(end)}`
}

function namesFor({ sql, name }: Lookup, source: QuerySource): { found: string; by: string } {
  const table = camel(/\bfrom\s+([\w$."]+)/i.exec(sql)?.[1] ?? 'rows')
  const first = table.charAt(0).toLowerCase() + table.slice(1)
  return { found: newName(`${first}Found`, source), by: newName(`${first}By${camel(name)}`, source) }
}

/** `shop.order_items` as `OrderItems`. */
function camel(table: string): string {
  const words = table
    .slice(table.lastIndexOf('.') + 1)
    .replaceAll('"', '')
    .split(/[^A-Za-z0-9]+/)
  return words.filter(Boolean).map(capitalized).join('')
}

function member(row: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${row}.${name}` : `${row}[${JSON.stringify(name)}]`
}
