// What a command says beside its output. Names of files and what is quoted of them come from outside, so nothing of it steers
// the terminal or starts a line of its own.
import { printable } from '../report/reporters/printable.ts'

export function tell(message: string): void {
  process.stderr.write(`pg-loupe: ${printable(message)}\n`)
}
