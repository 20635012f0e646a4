// Parts of an answer that several commands print alike.
import { unquote } from '../../agents/quoted-text.ts'
import type { RequestSummary } from '../../agents/request-summary.ts'
import { tableLines } from './text-table.ts'

export function leftOutLines({ leftOut, cursor }: { leftOut?: string; cursor?: string }): string[] {
  if (leftOut === undefined) return []
  return ['', `Left out: ${leftOut}${cursor === undefined ? '' : ` (--cursor ${cursor})`}.`]
}

/** The titles first. */
export function requestLines(requests: readonly RequestSummary[]): string[] {
  return tableLines(COLUMNS, requests.map(cellsOf))
}

const COLUMNS = [
  { title: 'number', isNumber: true },
  { title: 'id' },
  { title: 'status' },
  { title: 'queries', isNumber: true },
  { title: 'ms', isNumber: true },
  { title: 'in queries', isNumber: true },
  { title: 'capture' },
  { title: 'findings' },
  { title: 'route' },
]

function cellsOf(request: RequestSummary): string[] {
  const { number, id, status = '', queries, durationMs = '', databaseMs = '', capture = '' } = request
  return [
    String(number),
    id,
    String(status),
    String(queries),
    String(durationMs),
    String(databaseMs),
    capture,
    (request.findings ?? []).join(' '),
    unquote(request.route),
  ]
}

/** Labels in a column, with their texts beside it. Rows without text are left out. */
export function labelledLines(
  rows: readonly (readonly [label: string, text: string | undefined])[],
): string[] {
  const known = rows.flatMap(([label, text]) => (text === undefined || text === '' ? [] : [[label, text]]))
  const width = Math.max(...known.map(([label = '']) => label.length))
  return known.map(([label = '', text = '']) => `${label.padEnd(width)}  ${text}`)
}
