// The name of a file that is written completely before it replaces another one. The name is random, so that nobody can place
// a link there in advance; the code that writes the file also requires that it is new (`wx`).
import { randomBytes } from 'node:crypto'

export function temporaryName(file: string): string {
  return `${file}.${randomBytes(8).toString('hex')}.tmp`
}
