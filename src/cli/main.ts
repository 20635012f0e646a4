#!/usr/bin/env node
// The command. It reads files, hands them to the same pure functions that the running application uses, and is the one
// place that prints and sets the exit code: 0 is well, 2 is wrong usage or unreadable input.
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { parseReport } from '../report/parse-report.ts'
import { reporters } from '../report/reporters/index.ts'
import { VERSION } from '../version.ts'

const WRONG_USAGE = 2

const program = new Command('pg-loupe')
  .description('A loupe for the queries a Node.js application sends to PostgreSQL.')
  .version(VERSION)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : WRONG_USAGE))

program
  .command('report')
  .description('print a report file that a profiler kept (option artifacts.report)')
  .argument('<file>', 'the report file, or - for standard input')
  .addOption(
    new Option('--format <name>', 'how to print it').choices(Object.keys(reporters)).default('console'),
  )
  .addHelpText(
    'after',
    `
Examples:
  $ pg-loupe report pg-loupe.json
  $ pg-loupe report pg-loupe.json --format json | jq '.findings[].callSite[0]'`,
  )
  .action((file: string, { format }: { format: keyof typeof reporters }) => {
    const report = parseReport(read(file), file)
    const color = process.stdout.hasColors?.() ?? false
    process.stdout.write(reporters[format](report, { color, cwd: process.cwd() }))
  })

if (process.argv.length <= 2) program.help()
try {
  program.parse()
} catch (error) {
  process.stderr.write(`pg-loupe: ${(error as Error).message}\n`)
  process.exitCode = WRONG_USAGE
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}`)
  }
}
