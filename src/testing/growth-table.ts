// Prints the counts of each size as a table: one line for all queries, and one for each statement that grew, followed by its
// lines.

import pc from 'picocolors'
import { clip } from '../report/reporters/console.ts'
import { wantsColor } from '../report/wants-color.ts'
import type { Query } from '../types/query.ts'
import { listPlaces } from './failure-text.ts'
import { placesOf } from './statements.ts'

/** A statement that was sent more often at a larger size. */
export interface Growth {
  text: string
  /** The number of executions at each size. */
  counts: readonly number[]
  /** The tables that the statement reads or writes. Empty when not known. */
  table: string
  queries: readonly Query[]
}

export function growthTable(
  sizes: readonly number[],
  totals: readonly number[],
  grown: readonly Growth[],
): string {
  const { bold, dim } = pc.createColors(wantsColor(process.stderr))
  const rows: [label: string, counts: readonly number[], statement: string, queries: readonly Query[]][] = [
    ['size', sizes, '', []],
    ['all queries', totals, '', []],
    ...grown.map(({ table, counts, text, queries }): (typeof rows)[number] => [
      clip(table, TABLE_LENGTH) || 'grown',
      counts,
      clip(text),
      queries,
    ]),
  ]
  const labelWidth = Math.max(...rows.map(([label]) => label.length))
  const widths = sizes.map((_, column) =>
    Math.max(...rows.map(([, counts]) => String(counts[column] ?? '').length)),
  )
  return rows
    .flatMap(([label, counts, statement, queries]) => {
      const numbers = counts.map((count, column) => String(count).padStart(widths[column] ?? 0)).join('   ')
      const start = `  ${label.padEnd(labelWidth)}   `
      const isHead = statement === ''
      return [
        `${isHead ? dim(start) : start}${bold(numbers)}${isHead ? '' : `   ${statement}`}`,
        ...listPlaces(placesOf(queries), ' '.repeat(start.length + numbers.length + 3)),
      ]
    })
    .join('\n')
}

/** Maximum length of the table names. */
const TABLE_LENGTH = 40
