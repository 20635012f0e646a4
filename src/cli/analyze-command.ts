// pg-loupe analyze: finds in recorded traces what the running application would have reported, and prints the report.
import { Command, Option } from 'commander'
import { KeptTraces } from '../report/kept-traces.ts'
import { runAnalysis } from '../report/run-analysis.ts'
import type { ApplicationCode, PathPattern } from '../trace/call-site/application-code.ts'
import { addCuts, type CutCounts } from '../trace-file/cut-line.ts'
import { readTraces } from '../trace-file/read-traces.ts'
import { readCatalogNotes } from './catalog-notes.ts'
import { EXIT_CODES, FINDINGS, WRONG_USAGE } from './exit-codes.ts'
import { addGateOptions, type GateOptions, prepareGate } from './gate-options.ts'
import {
  addOutputOptions,
  type OutputOptions,
  printedInFull,
  printReport,
  showsTraces,
} from './print-report.ts'
import { collectProblems } from './problems.ts'
import { progressLine } from './progress-line.ts'
import { nameOf } from './read-input.ts'
import { addDetectorOption } from './set-option.ts'
import { tell } from './tell.ts'
import { assertTraceFiles } from './trace-input.ts'

interface AnalyzeOptions extends OutputOptions, GateOptions {
  set: string[]
  catalog?: string
  include: string[]
  exclude: string[]
}

export function analyzeCommand(): Command {
  const command = new Command('analyze')
    .description('analyze trace files that a profiler recorded (option outputs.traces)')
    .argument('<file...>', 'trace files, or - for standard input')
  return addGateOptions(addDetectorOption(addOutputOptions(command)))
    .option(
      '--catalog <file>',
      'keys and sizes of the tables, as serializeCatalog of pg-loupe/sql writes them',
    )
    .addOption(
      pathsOption(
        '--include <path>',
        'count files with this path as application code, although they are in node_modules',
      ),
    )
    .addOption(pathsOption('--exclude <path>', 'do not count files with this path as application code'))
    .addHelpText(
      'after',
      `${EXIT_CODES}

Examples:
  $ pg-loupe analyze traces.ndjson
  $ pg-loupe analyze traces.ndjson --set n-plus-one.minLikely=5 --format json > report.json
  $ pg-loupe analyze traces.ndjson -o html=report.html
  $ pg-loupe analyze traces.ndjson --baseline pg-loupe-baseline.json
  $ cat */traces.ndjson | pg-loupe analyze -`,
    )
    .action(analyze)
}

/** In addition to what the configuration says, instead of what the trace files say; in whole names of folders and files. */
function pathsOption(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'what the configuration says, or else the trace files')
}

/** Nothing where nobody has said it: what was recorded with the traces counts then. */
function given(
  name: keyof ApplicationCode,
  configured: readonly PathPattern[] | undefined,
  asked: readonly string[],
): ApplicationCode {
  return configured || asked.length > 0 ? { [name]: [...(configured ?? []), ...asked] } : {}
}

async function analyze(
  files: string[],
  { catalog, include, exclude, ...options }: AnalyzeOptions,
): Promise<void> {
  const gate = prepareGate(options)
  const input = await assertTraceFiles(files)
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
  const kept = showsTraces(options) ? new KeptTraces() : undefined
  const application = {
    ...given('include', gate.application?.include, include),
    ...given('exclude', gate.application?.exclude, exclude),
  }
  const traces = readTraces(files, listener, note, application, input)
  const report = await runAnalysis(traces, {
    detectors: gate.detectors,
    rules: { entries: gate.suppress },
    problem: problems.tell,
    cut: () => cut,
    kept,
  })
  if (report.traces === 0) tell(`there is no trace in ${files.map(nameOf).join(', ')}`)
  const verdict = gate.judge(report)
  const shown = { ...kept?.options(report.findings), ...gate.roundTripMs, ...verdict.states }
  printReport(report, { ...options, editor: gate.editor }, problems.tell, shown)
  problems.done()
  verdict.tell(printedInFull(report, options))
  process.exitCode = problems.count > 0 ? WRONG_USAGE : verdict.passed ? 0 : FINDINGS
}
