// pg-loupe report: prints a report file that a profiler kept.
import { Command } from 'commander'
import { parseReport } from '../report/parse-report.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { addOutputOptions, type OutputOptions, printReport } from './print-report.ts'
import { nameOf, readInput } from './read-input.ts'

export function reportCommand(): Command {
  const command = new Command('report')
    .description('print a report file that a profiler kept (option artifacts.report)')
    .argument('<file>', 'the report file, or - for standard input')
  return addOutputOptions(command)
    .addHelpText(
      'after',
      `${EXIT_CODES}

Examples:
  $ pg-loupe report pg-loupe.json
  $ pg-loupe report pg-loupe.json --format json | jq '.findings[].callSite[0]'
  $ pg-loupe report pg-loupe.json --output json=report.json`,
    )
    .action(async (file: string, options: OutputOptions) =>
      printReport(parseReport(await readInput(file), nameOf(file)), options),
    )
}
