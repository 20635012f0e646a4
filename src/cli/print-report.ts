// How every subcommand prints a report: by the reporter of a name, in colour where the terminal has it.
import { Option } from 'commander'
import { reporters } from '../report/reporters/index.ts'
import type { Report } from '../types.ts'

export type Format = keyof typeof reporters

export function formatOption(): Option {
  return new Option('--format <name>', 'how to print it').choices(Object.keys(reporters)).default('console')
}

export function printReport(report: Report, format: Format): void {
  const color = process.stdout.hasColors?.() ?? false
  process.stdout.write(reporters[format](report, { color, cwd: process.cwd() }))
}
