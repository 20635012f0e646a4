// Which column of which table a value of a statement is compared with or written to, as far as the text tells.

import { bareName, type NamedTable, namedTables } from '../../sql/fingerprint/named-tables.ts'
import { readPlaceholders } from '../../sql/index.ts'

export interface ColumnOfValue {
  /** Absent where the statement names several tables, and the column without its own. */
  table?: string
  column: string
}

/** `text` is the fingerprint's; `param` the position among the statement's values. */
export function columnOfValue(text: string, param: number): ColumnOfValue | undefined {
  const written = readPlaceholders(text)[param]?.column ?? insertedColumn(text, param)
  if (written === undefined) return undefined
  const tables = namedTables(text)
  const parts = written.split('.')
  const column = bareName(written)
  const table = parts.length > 1 ? tableOf(bareName(parts.slice(0, -1).join('.')), tables) : onlyTable(tables)
  return table === undefined ? { column } : { table, column }
}

function tableOf(alias: string, tables: readonly NamedTable[]): string {
  return tables.find((table) => table.alias === alias)?.name ?? alias
}

function onlyTable(tables: readonly NamedTable[]): string | undefined {
  return tables.length === 1 ? tables[0]?.name : undefined
}

/** `insert into t (a, b) values (?, ?)`, where each value is a `?`. */
function insertedColumn(text: string, param: number): string | undefined {
  const [, columns = '', values = ''] = INSERT.exec(text) ?? []
  const names = columns.split(',')
  const items = values.split(',').map((item) => item.trim())
  if (names.length !== items.length) return undefined
  let seen = -1
  const at = items.findIndex((item) => item === '?' && ++seen === param)
  // Before it, a value inside an expression would be counted as well.
  if (at < 0 || items.slice(0, at).some((item) => item !== '?' && item.includes('?'))) return undefined
  return names[at]?.trim()
}

const INSERT = /^insert into [^()]*\(([^()]*)\) values \(([^()]*)\)/i
