// pg-loupe report: prints a report file that a profiler kept.
import { Command, Option } from 'commander'
import { compareReports } from '../report/compare-reports.ts'
import { KeptTraces } from '../report/kept-traces.ts'
import { parseReport } from '../report/parse-report.ts'
import type { ApplicationCode } from '../trace/call-site/application-code.ts'
import { readTraces } from '../trace-file/read-traces.ts'
import type { Finding } from '../types/finding.ts'
import type { Report } from '../types/report.ts'
import { EXIT_CODES, FINDINGS, WRONG_USAGE } from './exit-codes.ts'
import { addGateOptions, type GateOptions, prepareGate } from './gate-options.ts'
import {
  addOutputOptions,
  formatsAsked,
  type OutputOptions,
  printedInFull,
  printReport,
  showsTraces,
} from './print-report.ts'
import { nameOf, readInput } from './read-input.ts'
import { tell } from './tell.ts'
import { assertTraceFiles } from './trace-input.ts'

interface ReportOptions extends OutputOptions, GateOptions {
  traces: string[]
  base?: string
}

export function reportCommand(): Command {
  const command = new Command('report')
    .description('print a report file that a profiler wrote (option outputs.json)')
    .argument('<file>', 'the report file, or - for standard input')
  return addGateOptions(addOutputOptions(command))
    .addOption(
      new Option(
        '--traces <file>',
        'a trace file of the same run (option outputs.traces), for formats that show traces (html); repeatable',
      )
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--base <file>',
        'an earlier report file, for formats that show the changes since then (html)',
      ),
    )
    .addHelpText(
      'after',
      `${EXIT_CODES}

Examples:
  $ pg-loupe report pg-loupe.json
  $ pg-loupe report pg-loupe.json --format json | jq '.findings[].callSite[0]'
  $ pg-loupe report pg-loupe.json --output json=report.json
  $ pg-loupe report pg-loupe.json --traces traces.ndjson --output html=report.html
  $ pg-loupe report pg-loupe.json --base before.json --output html=report.html`,
    )
    .action(printFile)
}

async function printFile(file: string, { traces, base, ...options }: ReportOptions): Promise<void> {
  refuseUnused(options, { '--base': base !== undefined, '--traces': traces.length > 0 })
  const gate = prepareGate(options)
  const report = parseReport(await readInput(file), nameOf(file))
  const kept = showsTraces(options) ? await keepTraces(traces, report, gate.application) : undefined
  const verdict = gate.judge(report)
  const comparison =
    base === undefined
      ? {}
      : { comparison: compareReports(parseReport(await readInput(base), nameOf(base)), report) }
  const shown = {
    ...comparison,
    ...kept?.options(report.findings),
    ...gate.roundTripMs,
    ...verdict.states,
  }
  const problem = (message: string) => {
    tell(message)
    process.exitCode = WRONG_USAGE
  }
  printReport(report, { ...options, editor: gate.editor }, problem, shown)
  verdict.tell(printedInFull(report, options))
  if (!verdict.passed) process.exitCode ??= FINDINGS
}

/** An option that no format in use looks at is a mistake. */
function refuseUnused(options: OutputOptions, given: Readonly<Record<'--base' | '--traces', boolean>>): void {
  const metas = formatsAsked(options).map(({ meta }) => meta)
  const isUsed = {
    '--base': metas.some(({ wantsComparison }) => wantsComparison),
    '--traces': metas.some(({ wantsTraces }) => wantsTraces),
  }
  for (const option of ['--base', '--traces'] as const) {
    if (!given[option] || isUsed[option]) continue
    throw new Error(
      `${option} is for formats that show it, and none is asked for; add --output html=report.html`,
    )
  }
}

/** The traces that show the findings of the report. */
async function keepTraces(
  files: readonly string[],
  report: Report,
  application: ApplicationCode | undefined,
): Promise<KeptTraces> {
  const input = await assertTraceFiles(files)
  const found = new Map<string, Finding[]>()
  for (const finding of report.findings) {
    for (const occurrence of finding.occurrences) {
      const one = { ...finding, occurrences: [occurrence] }
      found.set(occurrence.trace, [...(found.get(occurrence.trace) ?? []), one])
    }
  }
  const kept = new KeptTraces()
  const problem = (message: string) => {
    tell(message)
    process.exitCode = WRONG_USAGE
  }
  for await (const trace of readTraces(files, { problem }, undefined, application, input))
    kept.add(trace, found.get(trace.id) ?? [])
  return kept
}
