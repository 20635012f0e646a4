// The name of a file that is written in full before it takes the place of another one. Nobody can know it and put a link there;
// who writes it also asks that it is new (`wx`).
import { randomBytes } from 'node:crypto'

export function temporaryName(file: string): string {
  return `${file}.${randomBytes(8).toString('hex')}.tmp`
}
