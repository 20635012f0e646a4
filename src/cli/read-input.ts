// A whole file, or standard input, as text.
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { assertKind } from '../config/file-kind.ts'
import { BYTE_ORDER_MARK } from '../trace-file/read-lines.ts'

/**
 * A report file; `-` is standard input.
 *
 * @throws Error that names the file when it cannot be read, or is something else that we know.
 */
export async function readInput(file: string): Promise<string> {
  if (file !== '-') assertKind(file, 'report')
  try {
    // Not as a file: a terminal and some pipes have nothing to read for the moment, which is no end.
    const content = file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8')
    return content.replace(BYTE_ORDER_MARK, '')
  } catch (error) {
    throw new Error(`cannot read ${nameOf(file)}: ${(error as Error).message}`)
  }
}

export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file
}
