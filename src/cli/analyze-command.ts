// pg-loupe analyze: finds in recorded traces what the running application would have reported, and prints the report.
import { Command } from 'commander'
import { analyzeTraces } from '../report/analyze-traces.ts'
import { KeptTraces } from '../report/kept-traces.ts'
import { addCuts, type CutCounts } from '../trace-file/cut-line.ts'
import { readTraces } from '../trace-file/read-traces.ts'
import { readCatalogNotes } from './catalog-notes.ts'
import { addDetectorOption, parseSettings } from './detector-settings.ts'
import { EXIT_CODES, WRONG_USAGE } from './exit-codes.ts'
import { addOutputOptions, type OutputOptions, printReport, showsTraces } from './print-report.ts'
import { collectProblems } from './problems.ts'
import { progressLine } from './progress-line.ts'

interface AnalyzeOptions extends OutputOptions {
  set: string[]
  catalog?: string
}

export function analyzeCommand(): Command {
  const command = new Command('analyze')
    .description('analyze trace files that a profiler recorded (option artifacts.traces)')
    .argument('<file...>', 'trace files, one trace a line, or - for standard input')
  return addDetectorOption(addOutputOptions(command))
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
  $ pg-loupe analyze traces.ndjson -o html=report.html
  $ cat */traces.ndjson | pg-loupe analyze -`,
    )
    .action(analyze)
}

async function analyze(files: string[], { set, catalog, ...output }: AnalyzeOptions): Promise<void> {
  const detectors = parseSettings(set)
  const note = catalog === undefined ? undefined : await readCatalogNotes(catalog)
  const progress = progressLine(files)
  let cut: CutCounts = {}
  const problems = collectProblems(progress.clear)
  const listener = {
    problem: problems.tell,
    progress: progress.show,
    cut: (counts: CutCounts) => {
      cut = addCuts(cut, counts)
    },
  }
  const kept = showsTraces(output) ? new KeptTraces() : undefined
  const traces = readTraces(files, listener, note)
  const report = await analyzeTraces(traces, detectors, problems.tell, () => cut, [], kept)
  problems.done()
  if (problems.count > 0) process.exitCode = WRONG_USAGE
  printReport(report, output, kept?.options())
}
