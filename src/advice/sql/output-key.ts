// Finds the columns that tell to which turn a row belongs, when one statement asks for the values of all turns. A key that
// the statement does not select yet is added to its select list.

import { type SelectClauses, type Span, splitAtCommas } from '../../sql/clauses/clauses.ts'
import { quoteName } from '../../sql/fingerprint/quote-name.ts'

/** A column that is compared with one value. The span is that of the condition `column = ?`. */
export interface AskedKey extends Span {
  /** The column as written, with its table. */
  column: string
  /** The position of its value. */
  position: number
}

export interface OutputKey {
  /** The column as written, with its table. */
  column: string
  /** The name of the key in the rows. */
  name: string
  /** The item to add to the select list. */
  added?: string
}

export function outputKeys(text: string, clauses: SelectClauses, keys: readonly AskedKey[]): OutputKey[] {
  const { select, from } = clauses
  const list = {
    ...select,
    start: select.start + (/^distinct /.exec(text.slice(select.start))?.[0].length ?? 0),
  }
  const items = splitAtCommas(text, list).map(({ start, end }) => text.slice(start, end))
  const isOneTable = from !== undefined && ONE_TABLE.test(text.slice(from.start, from.end))
  const names = items.map(outputName)
  return keys.map(({ column }) => {
    const last = lastPart(column)
    const found = items.findIndex((item, at) => {
      if (names.filter((name) => name === names[at]).length > 1 || names.includes('*')) return false
      const source = item.replace(/ as (?:"(?:[^"]|"")+"|\S+)$/, '')
      return (
        source === column ||
        (isOneTable && lastPart(source) === last && /^[\w$".\u0080-\uffff]+$/.test(source))
      )
    })
    if (found >= 0) return { column, name: names[found] ?? last }
    if (isOneTable && names.includes('*') && !names.includes(last)) return { column, name: last }
    const isTaken = names.includes('*') || names.includes(last)
    const name = isTaken ? `key_${last}` : last
    return { column, name, added: isTaken ? `${column} as ${quoteName(name)}` : column }
  })
}

const STAR = /^(?:(?:"(?:[^"]|"")+"|[^\s()".,]+)\.)?\*$/
/** One name, with a schema and an alias: no join, and nothing in brackets. */
const ONE_TABLE =
  /^(?:only )?(?:(?:"(?:[^"]|"")+"|[^\s()".,]+)\.)?(?:"(?:[^"]|"")+"|[^\s()".,]+)(?: (?:as )?(?:"(?:[^"]|"")+"|[^\s()".,]+))?$/

/** The name of an item in the rows. All columns have the name `*`. Empty when the name is unknown. */
function outputName(item: string): string {
  if (STAR.test(item)) return '*'
  const alias = / as ("(?:[^"]|"")+"|\S+)$/.exec(item)?.[1]
  if (alias !== undefined) return lastPart(alias)
  if (/^[\w$".\u0080-\uffff]+$/.test(item)) return lastPart(item)
  return /^([a-z_]\w*)\(/.exec(item)?.[1] ?? ''
}

/** The name of a column without its table and its quotes. */
export function lastPart(column: string): string {
  if (!column.endsWith('"')) return column.slice(column.lastIndexOf('.') + 1)
  const start = column.startsWith('"') && !column.includes('."') ? 1 : column.lastIndexOf('."') + 2
  return column.slice(start, -1).replaceAll('""', '"')
}

/** The column of `column = ?` as written. Undefined for any other condition. */
export function columnOfKey(condition: string): string | undefined {
  const [, column] = KEY.exec(condition) ?? []
  return column ?? (condition.startsWith('(') ? columnOfKey(condition.slice(1, -1)) : undefined)
}

const KEY =
  /^((?:(?:"(?:[^"]|"")+"|[^\s()".,:[\]?]+)\.)*(?:"(?:[^"]|"")+"|[^\s()".,:[\]?]+))(?: = \?| in \(\?\)| = any ?\(\?\))$/

/** Whether all conditions but the first follow an AND, with which they can be removed. */
export function canBeJoined(text: string, keys: readonly Span[]): boolean {
  const [, ...others] = keys.toSorted((a, b) => a.start - b.start)
  return others.every(({ start }) => text.startsWith(' and ', start - ' and '.length))
}
