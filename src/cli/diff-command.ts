// pg-loupe diff: shows the differences between two reports: new, grown and fixed findings, and the number of queries of each
// route. A finding whose route did not run does not count as fixed.
import { resolve } from 'node:path'
import { Command } from 'commander'
import { compareReports } from '../report/compare-reports.ts'
import { parseReport } from '../report/parse-report.ts'
import type { Report } from '../types/report.ts'
import { EXIT_CODES, FINDINGS, WRONG_USAGE } from './exit-codes.ts'
import { addOutputOptions, type OutputOptions, printFormatted } from './print-report.ts'
import { nameOf, readInput } from './read-input.ts'
import { tell } from './tell.ts'

interface DiffOptions extends OutputOptions {
  failOnNew?: boolean
}

export function diffCommand(): Command {
  const command = new Command('diff')
    .description(
      'compare two report files: what is new, has grown or is fixed, and the queries of each route',
    )
    .argument('<base>', 'the report before, or - for standard input')
    .argument('<head>', 'the report after, or - for standard input')
  return addOutputOptions(command, { compares: true })
    .option('--fail-on-new', 'exit with 1 when a finding is new or has grown')
    .addHelpText(
      'after',
      `
Findings are matched by route, function and statement, not by lines. A finding that has grown sends more queries in its
worst case than before. Slow queries are not compared.
${EXIT_CODES}

Examples:
  $ pg-loupe diff base.json head.json
  $ pg-loupe diff base.json head.json --fail-on-new --output markdown=summary.md
  $ pg-loupe analyze traces.ndjson --format json | pg-loupe diff base.json -`,
    )
    .action(diff)
}

async function diff(
  base: string,
  head: string,
  { failOnNew = false, root, ...output }: DiffOptions,
): Promise<void> {
  if (base === '-' && head === '-') throw new Error('only one of the reports can come from standard input')
  const comparison = compareReports(await read(base), await read(head))
  if (failOnNew && comparison.new.length + comparison.grown.length > 0) process.exitCode = FINDINGS
  const problem = (message: string) => {
    tell(message)
    process.exitCode = WRONG_USAGE
  }
  const options = { cwd: process.cwd(), root: resolve(root) }
  printFormatted(
    output,
    ({ reporter }, terminal) => reporter.renderComparison?.(comparison, { ...terminal, ...options }) ?? '',
    problem,
  )
}

async function read(file: string): Promise<Report> {
  return parseReport(await readInput(file), nameOf(file))
}
