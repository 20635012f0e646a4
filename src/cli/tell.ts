// Messages of a command besides its output. Names of files and quoted text come from outside, so they are made safe: they
// cannot control the terminal or start a line of their own.
import { printable } from '../report/reporters/printable.ts'

export function tell(message: string): void {
  process.stderr.write(`pg-loupe: ${printable(message)}\n`)
}
