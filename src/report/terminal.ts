// The abilities of the stream that a text is written to. A file, a pipe and the log of a CI system get plain text in lines of
// any length, unless FORCE_COLOR or FORCE_HYPERLINK is set.
import { supportsHyperlink } from 'supports-hyperlinks'
import type { ReporterOptions } from '../types/reporter.ts'
import { wantsColor } from './wants-color.ts'

interface Stream {
  isTTY?: boolean
  columns?: number
  hasColors?(): boolean
}

/** Asked anew for each text: a terminal can be resized. */
export function terminalOf(
  stream: Stream,
  editor?: string,
): Partial<Pick<ReporterOptions, 'color' | 'width' | 'links' | 'editor'>> {
  const color = wantsColor(stream)
  return {
    color,
    links: hasLinks(stream, color, editor),
    ...(stream.isTTY && stream.columns ? { width: stream.columns } : {}),
    ...(editor === undefined ? {} : { editor }),
  }
}

/** A terminal without colours shows the characters of a link as text. */
function hasLinks(stream: Stream, color: boolean, editor: string | undefined): boolean {
  const { FORCE_HYPERLINK, TERM_PROGRAM } = process.env
  if (FORCE_HYPERLINK) return supportsHyperlink(stream)
  if (!color || !stream.isTTY) return false
  // VS Code finds `file:line:column` itself and opens it at the line, while it gives a link to a file to another program.
  if (TERM_PROGRAM === 'vscode' && editor === undefined) return false
  return supportsHyperlink(stream)
}
