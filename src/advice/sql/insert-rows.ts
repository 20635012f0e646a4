// One INSERT of many rows.
import { type Span, splitAtCommas, type WriteClauses } from '../../sql/clauses/clauses.ts'
import { type Edit, parameters, writeStatement } from '../../sql/clauses/write-statement.ts'
import type { ValueType } from '../../sql/index.ts'
import {
  isConstant,
  isRepeated,
  type RepeatedWrite,
  type WriteRewrite,
  type WrittenValue,
} from './repeated-write.ts'

export function insertRows(write: RepeatedWrite, clauses: WriteClauses): WriteRewrite {
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
