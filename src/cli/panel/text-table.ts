// Rows of text in columns. Numbers are aligned to the right, and the last column is as wide as its text.
import stringWidth from 'string-width'

export interface Column {
  title: string
  isNumber?: boolean
}

/** Lines without colours, the titles first. Columns without any text are left out. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const used = columns.flatMap((column, at) => (rows.some((row) => row[at] !== '') ? [{ column, at }] : []))
  const cells = [
    used.map(({ column }) => column.title),
    ...rows.map((row) => used.map(({ at }) => row[at] ?? '')),
  ]
  const widths = used.map((_, at) => Math.max(...cells.map((row) => stringWidth(row[at] ?? ''))))
  return cells.map((row) =>
    row
      .map((cell, at) => {
        const blanks = ' '.repeat((widths[at] ?? 0) - stringWidth(cell))
        return used[at]?.column.isNumber ? blanks + cell : cell + blanks
      })
      .join('  ')
      .trimEnd(),
  )
}
