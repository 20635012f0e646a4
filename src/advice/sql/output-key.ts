// By which column of the rows it can be told whose they are, when one statement has asked for the values of all turns. A
// key that the statement does not select yet has to be added to its list.

import { type SelectClauses, type Span, splitAtCommas } from '../../sql/clauses/clauses.ts'
import { quoteName } from '../../sql/fingerprint/quote-name.ts'

/** A column that is compared with one value: `column = ?`, at the offset `start`. */
export interface AskedKey extends Span {
  /** As written, with its table. */
  column: string
  /** Offset of the value. */
  position: number
}

export interface OutputKey {
  /** As written, with its table. */
  column: string
  /** The column's name in the rows. */
  name: string
  /** Text to add to the select list. */
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
/** A name, with its schema and another name for it: no join, and nothing in brackets. */
const ONE_TABLE =
  /^(?:only )?(?:(?:"(?:[^"]|"")+"|[^\s()".,]+)\.)?(?:"(?:[^"]|"")+"|[^\s()".,]+)(?: (?:as )?(?:"(?:[^"]|"")+"|[^\s()".,]+))?$/

/** The name that an item gets, `*` for all columns; empty where it is that of a function or none. */
function outputName(item: string): string {
  if (STAR.test(item)) return '*'
  const alias = / as ("(?:[^"]|"")+"|\S+)$/.exec(item)?.[1]
  if (alias !== undefined) return lastPart(alias)
  if (/^[\w$".\u0080-\uffff]+$/.test(item)) return lastPart(item)
  return /^([a-z_]\w*)\(/.exec(item)?.[1] ?? ''
}

/** Without its table and its quotes. */
export function lastPart(column: string): string {
  if (!column.endsWith('"')) return column.slice(column.lastIndexOf('.') + 1)
  const start = column.startsWith('"') && !column.includes('."') ? 1 : column.lastIndexOf('."') + 2
  return column.slice(start, -1).replaceAll('""', '"')
}

/** The column of `column = ?`, as written; undefined for any other condition. */
export function columnOfKey(condition: string): string | undefined {
  const [, column] = KEY.exec(condition) ?? []
  return column ?? (condition.startsWith('(') ? columnOfKey(condition.slice(1, -1)) : undefined)
}

const KEY =
  /^((?:(?:"(?:[^"]|"")+"|[^\s()".,:[\]?]+)\.)*(?:"(?:[^"]|"")+"|[^\s()".,:[\]?]+))(?: = \?| in \(\?\)| = any ?\(\?\))$/

/** Removes a condition. When it is not the first one, the AND before it is removed as well. */
export function canBeJoined(text: string, keys: readonly Span[]): boolean {
  const [, ...others] = keys.toSorted((a, b) => a.start - b.start)
  return others.every(({ start }) => text.startsWith(' and ', start - ' and '.length))
}
