// Draws what a program printed in a terminal as an SVG. Anser reads the escape sequences. Each run of text gets its place and its
// length, so that columns stay aligned whatever monospaced font the reader's computer has.
import Anser from 'anser'

const FONT_SIZE = 14
const COLUMN_WIDTH = 8.4
const LINE_HEIGHT = 20
const PADDING = 18
const CORNER = 8
const FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

interface Theme {
  background: string
  border: string
  text: string
  dim: string
  colors: Record<string, string>
}

/** Text that looks alike, and the column at which it begins. */
interface Run {
  text: string
  column: number
  color: string
  isBold: boolean
  isDim: boolean
}

/** GitHub's own colors of text and background, so that the picture looks at home in a README. */
export const themes: Record<'light' | 'dark', Theme> = {
  light: {
    background: '#f6f8fa',
    border: '#d1d9e0',
    text: '#1f2328',
    dim: '#59636e',
    colors: { red: '#cf222e', yellow: '#9a6700', green: '#1a7f37', cyan: '#0969da', blue: '#0969da' },
  },
  dark: {
    background: '#151b23',
    border: '#3d444d',
    text: '#f0f6fc',
    dim: '#9198a1',
    colors: { red: '#ff7b72', yellow: '#d29922', green: '#3fb950', cyan: '#79c0ff', blue: '#79c0ff' },
  },
}

interface PictureOptions {
  columns: number
  theme: Theme
  title: string
}

/** The lines hold escape sequences for colors. A line longer than `columns` continues in the next row, as in a terminal. */
export function terminalPicture(lines: readonly string[], { columns, theme, title }: PictureOptions): string {
  const rows = lines.flatMap((line) => rowsOf(line, columns))
  const width = Math.ceil(columns * COLUMN_WIDTH + 2 * PADDING)
  const height = rows.length * LINE_HEIGHT + 2 * PADDING
  const texts = rows.flatMap((runs, index) => {
    const y = PADDING + index * LINE_HEIGHT + FONT_SIZE
    return runs.map((run) => textElement(run, y, theme))
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}" font-family="${FONTS}" font-size="${FONT_SIZE}">`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="${CORNER}" fill="${theme.background}" stroke="${theme.border}"/>`,
    ...texts.filter((text) => text !== ''),
    '</svg>',
    '',
  ].join('\n')
}

/** The rows of the terminal that a line takes. */
function rowsOf(line: string, columns: number): Run[][] {
  const rows: Run[][] = [[]]
  let column = 0
  for (const { content, fg, decorations } of Anser.ansiToJson(line, {
    use_classes: true,
    remove_empty: true,
  })) {
    const looks = { color: fg, isBold: decorations.includes('bold'), isDim: decorations.includes('dim') }
    let rest = content
    while (rest !== '') {
      if (column === columns) {
        rows.push([])
        column = 0
      }
      const text = rest.slice(0, columns - column)
      rest = rest.slice(text.length)
      rows.at(-1)?.push({ text, column, ...looks })
      column += text.length
    }
  }
  return rows
}

/** Spaces at its ends are left out: some viewers drop them, although they count for `textLength`. */
function textElement({ text, column, color, isBold, isDim }: Run, y: number, theme: Theme): string {
  const visible = text.trim()
  if (visible === '') return ''
  const x = round(PADDING + (column + text.indexOf(visible)) * COLUMN_WIDTH)
  const fill = theme.colors[color?.replace('ansi-', '')] ?? (isDim ? theme.dim : theme.text)
  const weight = isBold ? ' font-weight="600"' : ''
  const length = round(visible.length * COLUMN_WIDTH)
  return `<text x="${x}" y="${y}" fill="${fill}"${weight} textLength="${length}" xml:space="preserve">${escapeText(visible)}</text>`
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
