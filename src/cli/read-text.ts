// A file of the command line as text; `-` is standard input.
import { readFileSync } from 'node:fs'

/** @throws Error that names the file and the reason. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}`)
  }
}
