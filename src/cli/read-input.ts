// A whole file, or standard input, as text.
import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { assertKind, assertKindOfHead } from '../config/file-kind.ts'
import { BYTE_ORDER_MARK } from '../trace-file/read-lines.ts'

/**
 * A report file; `-` is standard input.
 *
 * @throws Error that names the file when it cannot be read, or is something else that we know.
 */
export async function readInput(file: string): Promise<string> {
  if (file !== '-') assertKind(file, 'report')
  let content: Buffer
  try {
    // Not as a file: a terminal and some pipes have nothing to read for the moment, which is no end.
    content = file === '-' ? await buffer(process.stdin) : readFileSync(file)
  } catch (error) {
    throw new Error(`cannot read ${nameOf(file)}: ${(error as Error).message}`)
  }
  // Also of a pipe that has a name.
  assertKindOfHead(content, file, 'report')
  return content.toString('utf8').replace(BYTE_ORDER_MARK, '')
}

export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file
}
