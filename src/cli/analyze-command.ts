// pg-loupe analyze: finds in recorded traces what the running application would have reported, and prints the report.
import { Command, Option } from 'commander'
import { analyzeTraces } from '../report/analyze-traces.ts'
import { addCuts, type CutCounts } from '../trace-file/cut-line.ts'
import { readTraces } from '../trace-file/read-traces.ts'
import { readCatalogNotes } from './catalog-notes.ts'
import { parseSettings } from './detector-settings.ts'
import { EXIT_CODES, WRONG_USAGE } from './exit-codes.ts'
import { addOutputOptions, type OutputOptions, printReport } from './print-report.ts'
import { progressLine } from './progress-line.ts'

interface AnalyzeOptions extends OutputOptions {
  set: string[]
  catalog?: string
}

/** Lines that are no traces are mostly all lines of a file; the first ones say why. */
const SHOWN_PROBLEMS = 20

export function analyzeCommand(): Command {
  const command = new Command('analyze')
    .description('analyze trace files that a profiler recorded (option artifacts.traces)')
    .argument('<file...>', 'trace files, one trace a line, or - for standard input')
  return addOutputOptions(command)
    .addOption(
      new Option('--set <detector.option=value>', 'an option of a detector, or detector=false; repeatable')
        .argParser(collect)
        .default([], 'as the pages of the detectors say'),
    )
    .option(
      '--catalog <file>',
      'keys and sizes of the tables, as serializeCatalog of pg-loupe/sql writes them',
    )
    .addHelpText(
      'after',
      `${EXIT_CODES}

Examples:
  $ pg-loupe analyze traces.ndjson
  $ pg-loupe analyze traces.ndjson --set n-plus-one.likely=5 --format json > report.json
  $ cat */traces.ndjson | pg-loupe analyze -`,
    )
    .action(analyze)
}

async function analyze(files: string[], { set, catalog, ...output }: AnalyzeOptions): Promise<void> {
  const detectors = parseSettings(set)
  const note = catalog === undefined ? undefined : await readCatalogNotes(catalog)
  const progress = progressLine(files)
  let cut: CutCounts = {}
  let problems = 0
  const problem = (message: string) => {
    if (++problems > SHOWN_PROBLEMS) return
    progress.clear()
    process.stderr.write(`pg-loupe: ${message}\n`)
  }
  const listener = {
    problem,
    progress: progress.show,
    cut: (counts: CutCounts) => {
      cut = addCuts(cut, counts)
    },
  }
  const report = await analyzeTraces(readTraces(files, listener, note), detectors, problem, () => cut)
  progress.clear()
  if (problems > SHOWN_PROBLEMS) process.stderr.write(`pg-loupe: and ${problems - SHOWN_PROBLEMS} more\n`)
  if (problems > 0) process.exitCode = WRONG_USAGE
  printReport(report, output)
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}
