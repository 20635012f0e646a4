// Rewrites a write in a loop as one statement. A statement is written only when the text and the values of the loop prove that
// the same rows are in the table afterwards. Otherwise the result only names the way.

import {
  type Span,
  splitAtAnd,
  splitAtCommas,
  type WriteClauses,
  writeClauses,
} from '../../sql/clauses/clauses.ts'
import {
  type Edit,
  parameters,
  type ShownStatement,
  writeStatement,
} from '../../sql/clauses/write-statement.ts'
import { quoteName } from '../../sql/fingerprint/quote-name.ts'
import type { Placeholder, ValueType } from '../../sql/index.ts'
import { canBeJoined, columnOfKey, lastPart } from './output-key.ts'
import { LONGEST_STATEMENT } from './read-rewrite.ts'

/** A value of the statement. `names` has one name for each turn, and equal values have equal names. */
type WrittenValue = Placeholder & {
  position: number
  names: readonly string[]
  distinct: number
  /** Whether it is a list of values. */
  isBatch: boolean
}

export interface RepeatedWrite extends ShownStatement {
  kind: string
  types: readonly ValueType[]
  /** The types of a second row, which may have DEFAULT in other columns. */
  otherTypes: readonly ValueType[]
  values: readonly WrittenValue[]
  /** Whether values come from rows that the loop itself wrote before. */
  followsItself: boolean
}

export type WriteRewrite =
  /** One INSERT of many rows. */
  | { kind: 'rows'; sql?: string | undefined; upsert: boolean; parametersPerRow: number }
  /** One statement for a list of keys. */
  | { kind: 'keys'; columns: readonly string[]; sql?: string | undefined }
  /** One UPDATE from a list of rows. `columns` are set, and `keys` find the row. */
  | {
      kind: 'values'
      columns: readonly string[]
      keys: readonly string[]
      sql?: string | undefined
    }
  /** A row needs a value that the database gave to the row before, such as its id. */
  | { kind: 'chain' }
  | { kind: 'words'; write: string }

export function rewriteWrite(write: RepeatedWrite): WriteRewrite {
  if (write.followsItself) return { kind: 'chain' }
  const clauses = write.text.length > LONGEST_STATEMENT ? undefined : writeClauses(write.text)
  if (!clauses) return { kind: 'words', write: write.kind }
  if (write.kind === 'insert') return insertRows(write, clauses)
  return byKeys(write, clauses) ?? fromRows(write, clauses) ?? { kind: 'words', write: write.kind }
}

function insertRows(write: RepeatedWrite, clauses: WriteClauses): WriteRewrite {
  const { text, values } = write
  const { values: row, 'on conflict': conflict } = clauses
  const upsert = conflict !== undefined && /\bdo update\b/.test(text.slice(conflict.start, conflict.end))
  const inRow = values.filter(({ start }) => row && start >= row.start && start < row.end)
  const sql = row && insertOfRows(write, clauses, { ...row, end: text.lastIndexOf(')', row.end) + 1 })
  return { kind: 'rows', upsert, parametersPerRow: inRow.length, sql }
}

function insertOfRows(write: RepeatedWrite, clauses: WriteClauses, row: Span): string | undefined {
  const { text, types, otherTypes, values } = write
  const columns = insertedColumns(text, clauses.table)
  const items = splitAtCommas(text, { start: row.start + 1, end: row.end - 1 })
  const rowText = text.slice(row.start, row.end)
  if (READS_WHAT_IS_WRITTEN.test(rowText) || text[row.start] !== '(') return undefined
  const next = parameters()
  const rows = [types, otherTypes].map((ofRow) => items.map((item) => writeItem(write, item, ofRow, next)))
  if (rows.some((written) => written.includes(undefined))) return undefined
  const brackets = rows.map((written) => `(${written.join(', ')})`).join(', ')
  const tail = values.filter(({ start }) => start >= row.end)
  const edits: Edit[] = []
  for (const value of tail) {
    const same = columns && items.findIndex((item, at) => isSameValue(write, item, value, columns[at]))
    const column = columns?.[same ?? -1]
    if (column !== undefined)
      edits.push({ start: value.start, end: value.start + 1, write: () => `excluded.${column}` })
    else if (!isConstant(write, value)) return undefined
  }
  if (clauses['on conflict'] && comesTwice(write, clauses['on conflict'], columns, items)) return undefined
  return writeStatement(write, next, [{ ...row, write: () => brackets }, ...edits])
}

/** A query sees the rows of earlier turns, and these functions see the last number of a sequence. */
const READS_WHAT_IS_WRITTEN = /\bselect\b|\b(?:currval|lastval)\(/

function insertedColumns(text: string, table: Span): string[] | undefined {
  const open = text.indexOf('(', table.start)
  if (open < 0 || open >= table.end) return undefined
  return splitAtCommas(text, { start: open + 1, end: text.lastIndexOf(')', table.end) }).map(
    ({ start, end }) => text.slice(start, end),
  )
}

/** Keeps DEFAULT. A value takes its type from the column. */
function writeItem(
  { text, values }: RepeatedWrite,
  { start, end }: Span,
  types: readonly ValueType[],
  next: () => string,
): string | undefined {
  const inside = values.filter((value) => value.start >= start && value.start < end)
  const ofItem = inside.map(({ position }) => types[position] ?? { cast: '' })
  const [type] = ofItem
  if (text.slice(start, end) !== '?' || !type) {
    return writeStatement({ text: text.slice(start, end), types: ofItem }, next)
  }
  if (type.literal === 'default') return 'default'
  return type.cast === undefined ? undefined : `${next()}${type.cast}`
}

/** Whether DO UPDATE sets a column to the value that the row has in it, in every turn. */
function isSameValue(
  { values, text }: RepeatedWrite,
  { start, end }: Span,
  { names, start: at }: WrittenValue,
  column: string | undefined,
): boolean {
  const value = values.find((one) => one.start === start && end === start + 1)
  if (!value || !text.slice(0, at).endsWith(`${column} = `)) return false
  return value.names.every((name, turn) => name === names[turn])
}

/** Whether the value is a literal of the statement, which is the same for all rows. Equal parameters may differ the next time. */
function isConstant({ types }: RepeatedWrite, { position, distinct }: WrittenValue): boolean {
  return types[position]?.literal !== undefined && distinct === 1
}

/** Whether a row may come twice, which DO UPDATE refuses in one statement. */
function comesTwice(
  { text, values }: RepeatedWrite,
  conflict: Span,
  columns: readonly string[] | undefined,
  items: readonly Span[],
): boolean {
  const clause = text.slice(conflict.start, conflict.end)
  if (!/\bdo update\b/.test(clause)) return false
  const target = /^\(([^()]*)\)/.exec(clause)?.[1]?.split(', ')
  const keys = target?.map((column) => {
    const item = items[columns?.indexOf(column) ?? -1]
    return item && values.find(({ start }) => start === item.start && item.end === item.start + 1)
  })
  if (!keys || keys.includes(undefined)) return true
  return isRepeated(keys as WrittenValue[])
}

function isRepeated(keys: readonly WrittenValue[]): boolean {
  const turns = keys[0]?.names.length ?? 0
  const rows = new Set(keys[0]?.names.map((_, turn) => keys.map(({ names }) => names[turn]).join(' ')))
  return rows.size < turns
}

interface Key extends Span {
  column: string
  value: WrittenValue
}

/** The conditions `column = ?` whose value differs between turns. */
function varyingKeys({ text, values }: RepeatedWrite, where: Span): Key[] | undefined {
  const conditions = splitAtAnd(text, where)
  const varying = values.filter(
    ({ start, distinct }) => distinct > 1 && start >= where.start && start < where.end,
  )
  const keys = varying.map((value) => {
    const span = conditions.find(({ start, end }) => start <= value.start && value.start < end)
    const column = span && columnOfKey(text.slice(span.start, span.end))
    return column === undefined ? undefined : { ...span, column, value }
  })
  return keys.length === 0 || keys.includes(undefined) ? undefined : (keys as Key[])
}

/** For turns that differ only in their keys, and set only literals of the statement. */
function byKeys(
  write: RepeatedWrite,
  { table, set, where, returning, ...other }: WriteClauses,
): WriteRewrite | undefined {
  const { text, values, types } = write
  const keys = where && varyingKeys(write, where)
  if (!keys) return undefined
  const given = values.filter(({ start }) => start < where.start)
  if (!given.every((value) => isConstant(write, value))) return undefined
  const columns = keys.map(({ column }) => column)
  const setColumns = set
    ? splitAtCommas(text, set).map((item) => text.slice(item.start, item.end).split(' = '))
    : []
  const isIdempotent = setColumns.every(([, value = '']) => IDEMPOTENT.test(value))
  const isSafe =
    !/\bselect\b/.test(text) &&
    !setColumns.some(([column = '']) => columns.some((key) => lastPart(key) === lastPart(column))) &&
    (isIdempotent || !isRepeated(keys.map(({ value }) => value)))
  if (!isSafe || (keys.length > 1 && (other.from || other.using)) || !canBeJoined(text, keys))
    return { kind: 'keys', columns }
  const next = parameters()
  const [first, ...rest] = keys as [Key, ...Key[]]
  const castOf = ({ value }: Key) => types[value.position]?.cast ?? ''
  const row = () => `(${keys.map((key) => `${next()}${castOf(key)}`).join(', ')})`
  const isArray = / = any ?\(/.test(text.slice(first.start, first.end)) || castOf(first) === ''
  const edits: Edit[] = [
    {
      start: first.start,
      end: first.end,
      write: () =>
        rest.length === 0
          ? `${first.column} = any(${next()}${castOf(first)}${isArray ? '' : '[]'})`
          : `(${columns.join(', ')}) in (${row()}, ${row()})`,
    },
    ...rest.map(({ start, end }): Edit => ({ start: start - ' and '.length, end, write: () => '' })),
  ]
  return { kind: 'keys', columns, sql: writeStatement(write, next, edits) }
}

/** Setting such a value twice has the same result as setting it once. */
const IDEMPOTENT = /^(?:\?|default|now\(\)|current_timestamp|current_date|localtimestamp)$/

/**
 * Joins the table with a list of rows. The list begins with a SELECT from the table that finds no row, which gives the list the
 * types of the table without casts, and keeps arrays and documents whole. The columns of the list have names of their own, so
 * that the names of the table's columns are not ambiguous.
 */
function fromRows(write: RepeatedWrite, clauses: WriteClauses): WriteRewrite | undefined {
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
