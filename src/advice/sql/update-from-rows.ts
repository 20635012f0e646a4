// One UPDATE from a list of rows, for turns that set other values for other keys.
import { type Span, splitAtCommas, type WriteClauses } from '../../sql/clauses/clauses.ts'
import { type Edit, parameters, writeStatement } from '../../sql/clauses/write-statement.ts'
import { quoteName } from '../../sql/fingerprint/quote-name.ts'
import { lastPart } from './output-key.ts'
import {
  isConstant,
  isRepeated,
  type RepeatedWrite,
  varyingKeys,
  type WriteRewrite,
} from './repeated-write.ts'

/**
 * Joins the table with a list of rows. The list begins with a SELECT from the table that finds no row, which gives the list the
 * types of the table without casts, and keeps arrays and documents whole. The columns of the list have names of their own, so
 * that the names of the table's columns are not ambiguous.
 */
export function fromRows(write: RepeatedWrite, clauses: WriteClauses): WriteRewrite | undefined {
  const { text, values, types } = write
  const { table, set, from, where, returning } = clauses
  if (!set || !where) return undefined
  const keys = varyingKeys(write, where)
  const items = splitAtCommas(text, set).map((item) => {
    const [, column] = SET_TO_VALUE.exec(text.slice(item.start, item.end)) ?? []
    const value = values.find(({ start }) => start === item.end - 1)
    return { item, column, value }
  })
  const given = items.flatMap(({ column, value }) =>
    column !== undefined && value && !isConstant(write, value) ? [{ column, value }] : [],
  )
  const columns = given.map(({ column }) => column)
  const rewrite = { kind: 'values' as const, columns, keys: keys?.map(({ column }) => column) ?? [] }
  const inSet = values.filter(({ start }) => start < where.start)
  const isPlain =
    inSet.every((value) => given.some((one) => one.value === value) || isConstant(write, value)) &&
    values.every(({ start, distinct }) => start <= where.end || distinct === 1)
  const name = TABLE.exec(text.slice(table.start, table.end))
  if (!keys || !isPlain || !name || from || /\bselect\b|\bgiven\b/.test(text)) return rewrite
  const isOfOneRow = keys.every(
    ({ start, end, value }) => !value.isBatch && !/ = any ?\(/.test(text.slice(start, end)),
  )
  if (!isOfOneRow || isRepeated(keys.map(({ value }) => value))) return rewrite
  const next = parameters()
  const all = [
    ...given.map(({ column, value }) => ({
      value,
      column,
      name: quoteName(`new_${lastPart(column)}`),
      key: undefined,
    })),
    ...keys.map((key) => ({
      value: key.value,
      column: key.column,
      name: quoteName(`key_${lastPart(key.column)}`),
      key,
    })),
  ]
  if (new Set(all.map((one) => one.name)).size < all.length) return rewrite
  const row = () =>
    `select ${all.map(({ value }) => `${next()}${types[value.position]?.cast ?? ''}`).join(', ')}`
  const heads = all.map((one) => `${quoteName(lastPart(one.column))} as ${one.name}`).join(', ')
  const target = name[3] ?? name[2] ?? ''
  const rows = () =>
    [
      ' from (',
      `  select ${heads} from ${name[1]} where false`,
      `  union all ${row()}`,
      `  union all ${row()} -- and so on, a line for each row`,
      ') as given ',
    ].join('\n')
  const edits: Edit[] = [
    ...all.map(
      ({ value, name, key }): Edit =>
        key
          ? { start: key.start, end: key.end, write: () => `${key.column} = given.${name}` }
          : { start: value.start, end: value.start + 1, write: () => `given.${name}` },
    ),
    { start: where.start - 'where '.length - 1, end: where.start - 'where '.length, write: rows },
    ...starsOf(text, returning).map(({ start, end }): Edit => ({ start, end, write: () => `${target}.*` })),
  ]
  const sql = writeStatement(write, next, edits)
  return { ...rewrite, sql }
}

const SET_TO_VALUE = /^("(?:[^"]|"")+"|[^\s()".,]+) = \?$/
/** The table with its schema, its last name, and its alias. */
const TABLE =
  /^((?:only )?(?:(?:"(?:[^"]|"")+"|[^\s()".,]+)\.)?("(?:[^"]|"")+"|[^\s()".,]+))(?: (?:as )?("(?:[^"]|"")+"|[^\s()".,]+))?$/

function starsOf(text: string, returning: Span | undefined): Span[] {
  return returning
    ? splitAtCommas(text, returning).filter(({ start, end }) => text.slice(start, end) === '*')
    : []
}
