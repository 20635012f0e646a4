// pg-loupe baseline: keeps accepted findings in a file under version control. After it was written once it can only become
// smaller, unless growth is allowed explicitly.
import { existsSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { Command } from 'commander'
import type { CheckedConfig } from '../config/config.ts'
import { BASELINE, baselineFile, readBaseline } from '../config/gate-settings.ts'
import { readConfig } from '../config/read-config.ts'
import { activeIds } from '../profiler/detector-options.ts'
import { checkOptions } from '../profiler/options.ts'
import { type Baseline, type BaselineEntry, baselineOf, formatBaseline } from '../report/baseline.ts'
import { type BaselineChange, changeBaseline } from '../report/change-baseline.ts'
import { parseReport } from '../report/parse-report.ts'
import { printable } from '../report/reporters/printable.ts'
import { runAnalysis } from '../report/run-analysis.ts'
import { plural } from '../text/plural.ts'
import { addCuts, type CutCounts } from '../trace-file/cut-line.ts'
import { readTraces } from '../trace-file/read-traces.ts'
import type { Report } from '../types/report.ts'
import { EXIT_CODES, FINDINGS, WRONG_USAGE } from './exit-codes.ts'
import { addConfigOption } from './gate-options.ts'
import { collectProblems } from './problems.ts'
import { nameOf, readInput } from './read-input.ts'
import { addDetectorOption, parseSettings } from './set-option.ts'
import { assertTraceFiles } from './trace-input.ts'

interface BaselineOptions {
  traces?: string[]
  baseline?: string
  config?: string
  set: string[]
  force?: boolean
  allowGrowth?: boolean
}

export function baselineCommand(): Command {
  const command = new Command('baseline')
    .description('maintain the baseline: the accepted findings, each with its number of queries')
    .addHelpText(
      'after',
      `${EXIT_CODES}

Examples:
  $ pg-loupe run --output json=pg-loupe.json -- npm test
  $ pg-loupe baseline write pg-loupe.json
  $ pg-loupe run --baseline ${BASELINE} -- npm test
  $ pg-loupe baseline prune pg-loupe.json`,
    )
  for (const one of [writeCommand(), updateCommand(), pruneCommand()]) command.addCommand(one)
  return command
}

function writeCommand(): Command {
  return withSource(new Command('write').description('accept every finding of a report'))
    .option('--force', 'replace an existing baseline')
    .action(async (file: string | undefined, options: BaselineOptions) => {
      const { report, path, name } = await readSource(file, options)
      if (existsSync(path) && !options.force) {
        throw new Error(`${name} is there already: update or prune it, or replace it with --force`)
      }
      const baseline = baselineOf(report)
      save(baseline, path)
      tell(`${name}: ${plural(baseline.findings.length, 'finding')} accepted`)
    })
}

function updateCommand(): Command {
  return withSource(
    new Command('update').description(
      'prune, and report what exceeds the baseline; --allow-growth accepts it',
    ),
  )
    .option('--allow-growth', 'accept new findings and raise budgets')
    .action(async (file: string | undefined, options: BaselineOptions) => {
      const { refused, name } = await change(file, options)
      if (refused.length === 0) return
      process.stderr.write(
        `pg-loupe: ${plural(refused.length, 'finding is', 'findings are')} not accepted by ${name}; --allow-growth does it:\n`,
      )
      for (const entry of refused) process.stderr.write(`  ${printable(describe(entry))}\n`)
      process.exitCode ??= FINDINGS
    })
}

function pruneCommand(): Command {
  return withSource(new Command('prune').description('remove fixed findings, and lower budgets')).action(
    async (file: string | undefined, options: BaselineOptions) => {
      await change(file, { ...options, allowGrowth: false })
    },
  )
}

function withSource(command: Command): Command {
  return addConfigOption(
    addDetectorOption(
      command
        .argument('[report]', 'a report file of the whole run, or - for standard input')
        .option('--traces <file...>', 'trace files instead of a report'),
    ),
  ).option('--baseline <file>', `the baseline (default: the one of the configuration file, else ${BASELINE})`)
}

async function change(
  file: string | undefined,
  options: BaselineOptions,
): Promise<BaselineChange & { name: string }> {
  const { report, path, name, detectors } = await readSource(file, options)
  const made = changeBaseline(readBaseline(path).content, report, {
    allowGrowth: options.allowGrowth ?? false,
    ...(detectors ? { detectors } : {}),
  })
  save(made.baseline, path)
  const { removed, lowered, raised } = made
  const changes = [
    [removed, 'fixed and taken out'],
    [lowered, 'lowered'],
    [raised, 'added or raised'],
  ] as const
  const told = changes.flatMap(([entries, what]) => (entries.length > 0 ? [`${entries.length} ${what}`] : []))
  tell(
    `${name}: ${plural(made.baseline.findings.length, 'finding')} accepted` +
      (told.length > 0 ? `; ${told.join(', ')}` : '; nothing changed'),
  )
  return { ...made, name }
}

interface Source {
  report: Report
  path: string
  name: string
  /** Known when the traces were analysed here. */
  detectors?: string[]
}

async function readSource(
  file: string | undefined,
  { traces, baseline, config: configFile, set }: BaselineOptions,
): Promise<Source> {
  if ((file === undefined) === (traces === undefined)) {
    throw new Error('baseline takes either a report file or --traces with trace files')
  }
  const config = readConfig(configFile)
  const path = baselineFile(baseline, config)
  const place = { path, name: relative(process.cwd(), path) || path }
  const made =
    file === undefined
      ? await analyze(traces ?? [], parseSettings(set, config.options.detectors), config.options)
      : { report: parseReport(await readInput(file), nameOf(file)) }
  if (made.report.queries === 0)
    throw new Error('no query was seen, so there is nothing to accept or to prune')
  return { ...place, ...made }
}

/** A baseline of half of the traces would call the other half fixed, so what cannot be read ends it. */
async function analyze(
  files: readonly string[],
  detectors: ReturnType<typeof parseSettings>,
  { suppress, application }: CheckedConfig['options'],
): Promise<{ report: Report; detectors: string[] }> {
  const input = await assertTraceFiles(files)
  let cut: CutCounts = {}
  const problems = collectProblems()
  const listener = {
    problem: problems.tell,
    progress: () => {},
    cut: (counts: CutCounts) => {
      cut = addCuts(cut, counts)
    },
  }
  const entries = checkOptions({ suppress }).suppress
  const report = await runAnalysis(readTraces(files, listener, undefined, application, input), {
    detectors,
    problem: problems.tell,
    cut: () => cut,
    rules: { entries },
  })
  problems.done()
  if (problems.count > 0) process.exit(WRONG_USAGE)
  return { report, detectors: activeIds(detectors) }
}

function save(baseline: Baseline, path: string): void {
  try {
    writeFileSync(path, formatBaseline(baseline))
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}`)
  }
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`)
}

function describe({ detector, route, at, queries }: BaselineEntry): string {
  return `${detector}, ${route}${at ? ` at ${at}` : ''}: ${plural(queries, 'query', 'queries')}`
}
