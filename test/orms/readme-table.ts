// The table of README.md that says which ORM's queries name their line: made of what the matrix has seen, and held
// against it. Nobody writes it by hand.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What was seen of one ORM, a cell for each way. */
export interface OrmRow {
  name: string
  page: string
  version: string
  loop: Cell
  parallel: Cell
  nested: Cell | undefined
}

export type Cell =
  /** Found; its twin was quiet. */
  | { found: 'at its line'; way: string | undefined }
  | { found: 'without a line'; way: string | undefined; reason: string }
  /** The ORM never sends a query for each row in this way. */
  | { found: 'no loop'; way: string | undefined; queries: number }

const README = join(import.meta.dirname, '../../README.md')
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
    if (cell.found === 'at its line') return `${way}the line`
    if (cell.found === 'without a line') return `${way}found, no line${footnote(cell.reason)}`
    return `${way}${cell.queries === 1 ? '1 query' : `${cell.queries} queries`}, quiet`
  }
  const cells = rows.map(({ name, page, version, loop, parallel, nested }) => [
    `[${name} ${version}](${page})`,
    text(loop),
    text(parallel),
    text(nested),
  ])
  return [
    ...aligned([['', 'N+1 in a loop', 'in `Promise.all`', 'by its own loading'], ...cells]),
    ...reasons.flatMap((reason) => ['', `${footnote(reason)} ${reason}`]),
    '',
  ].join('\n')
}

/** The way the formatter of this repository wants tables. */
function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  )
  const [head, ...body] = lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width))
  return [head ?? [], rule, ...body].map((cells) => `| ${cells.join(' | ')} |`)
}

/** @throws Error when README.md has no place for it. */
export function readOrmTable(): string {
  const { table } = parts()
  return table
}

export function writeOrmTable(table: string): void {
  const { before, after } = parts()
  writeFileSync(README, `${before}${table}${after}`)
}

function parts(): { before: string; table: string; after: string } {
  const text = readFileSync(README, 'utf8')
  const start = text.indexOf(START) + START.length
  const end = text.indexOf(END)
  if (start < START.length || end < start) throw new Error(`README.md has no ${START.trim()} … ${END}`)
  return { before: text.slice(0, start), table: text.slice(start, end), after: text.slice(end) }
}
