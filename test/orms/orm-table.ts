// The table of docs/orms.md that says for which queries of an ORM a finding names the line. The matrix of `npm run test:orms` writes it from
// what it observed and compares the page with it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The observations for one ORM, with a cell for each way to send the queries. */
export interface OrmRow {
  name: string
  page: string
  version: string
  loop: Cell
  parallel: Cell
  nested: Cell | undefined
}

export type Cell =
  /** The finding names the line, and the fixed code has no finding. */
  | { found: 'at its line'; way: string | undefined }
  | { found: 'without a line'; way: string | undefined; reason: string }
  /** The ORM never sends a query for each row in this way. */
  | { found: 'no loop'; way: string | undefined; queries: number }

const PAGE = join(import.meta.dirname, '../../docs/orms.md')
const START = '<!-- orms:start -->\n'
const END = '<!-- orms:end -->'

export function ormTable(rows: readonly OrmRow[]): string {
  const reasons: string[] = []
  const footnote = (reason: string) => {
    if (!reasons.includes(reason)) reasons.push(reason)
    return '¹²³⁴⁵⁶⁷⁸⁹'[reasons.indexOf(reason)]
  }
  const text = (cell: Cell | undefined): string => {
    if (!cell) return '–'
    const way = cell.way ? `\`${cell.way}\`: ` : ''
    if (cell.found === 'at its line') return `${way}names the line`
    if (cell.found === 'without a line') return `${way}found without a line${footnote(cell.reason)}`
    return `${way}${cell.queries === 1 ? '1 query' : `${cell.queries} queries`}, no finding`
  }
  const cells = rows.map(({ name, page, version, loop, parallel, nested }) => [
    `[${name} ${version}](${page.replace(/^docs\//, '')})`,
    text(loop),
    text(parallel),
    text(nested),
  ])
  return [
    ...aligned([['', 'N+1 in a loop', 'in `Promise.all`', 'relation loaded by the ORM'], ...cells]),
    ...reasons.flatMap((reason) => ['', `${footnote(reason)} ${reason}`]),
    '',
  ].join('\n')
}

/** Pads the cells as the formatter of this repository does. */
function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  )
  const [head, ...body] = lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width))
  return [head ?? [], rule, ...body].map((cells) => `| ${cells.join(' | ')} |`)
}

/** @throws Error when the page has no place for the table. */
export function readOrmTable(): string {
  const { table } = parts()
  return table
}

export function writeOrmTable(table: string): void {
  const { before, after } = parts()
  writeFileSync(PAGE, `${before}${table}${after}`)
}

function parts(): { before: string; table: string; after: string } {
  const text = readFileSync(PAGE, 'utf8')
  const start = text.indexOf(START) + START.length
  const end = text.indexOf(END)
  if (start < START.length || end < start) throw new Error(`docs/orms.md has no ${START.trim()} … ${END}`)
  return { before: text.slice(0, start), table: text.slice(start, end), after: text.slice(end) }
}
