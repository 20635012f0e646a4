// pg-loupe run: runs any command with every Node.js process under it profiled, and reports what they did together. Standard
// input and output belong to the command; the report goes to standard error, or to files.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { handOn } from '../collect/hand-on.ts'
import { lostQueries } from '../collect/query-counts.ts'
import { readCollected } from '../collect/read-collected.ts'
import { readNotes } from '../collect/run-notes.ts'
import { writeTraces } from '../collect/write-traces.ts'
import { KeptTraces } from '../report/kept-traces.ts'
import { runAnalysis } from '../report/run-analysis.ts'
import { FINDINGS, RUN_EXIT_CODES, WRONG_USAGE } from './exit-codes.ts'
import { addGateOptions, type GateOptions, prepareGate } from './gate-options.ts'
import {
  addOutputOptions,
  type OutputOptions,
  printedInFull,
  printReport,
  showsTraces,
  traceOutputs,
} from './print-report.ts'
import { collectProblems } from './problems.ts'
import { profiledEnvironment } from './profiled-environment.ts'
import { runProgram } from './run-program.ts'
import { addDetectorOption } from './set-option.ts'
import { tell } from './tell.ts'
import { whatWasLost, whyNothingWasSeen } from './why-nothing-was-seen.ts'

interface RunOptions extends OutputOptions, GateOptions {
  set: string[]
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('run a command, profile every Node.js process that it starts, and print one report')
    .argument('<command...>', 'the command to run, after --')
    .passThroughOptions()
  return addGateOptions(
    addDetectorOption(addOutputOptions(command, { standard: 'standard error', writesTraces: true })),
  )
    .addHelpText(
      'after',
      `${RUN_EXIT_CODES}

Examples:
  $ pg-loupe run -- npm test
  $ pg-loupe run --fail-on error -- npm test
  $ pg-loupe run --output json=pg-loupe.json -- npx vitest run
  $ pg-loupe run --output traces=shard-1.ndjson --set n-plus-one.minLikely=5 -- node --test`,
    )
    .action(run)
}

async function run(words: string[], options: RunOptions): Promise<void> {
  const gate = prepareGate(options)
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-run-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const problems = collectProblems()

  const { status, ran } = await runProgram(words, profiledEnvironment(folder))
  if (!ran) process.exit(status)
  handOn(folder)
  const collected = await readCollected(folder, problems.tell)
  const kept = showsTraces(options) ? new KeptTraces() : undefined
  const found = collected.traces()
  const report = await runAnalysis(found, {
    detectors: gate.detectors,
    rules: { entries: gate.suppress },
    problem: problems.tell,
    cut: () => collected.cut,
    kept,
  })
  const lost = lostQueries(folder)
  if (report.queries === 0) tell(whyNothingWasSeen(readNotes(folder), report, lost))
  else if (lost > 0) tell(whatWasLost(lost))
  for (const file of traceOutputs(options))
    await writeTraces(collected, file).catch(({ message }: Error) => problems.tell(message))
  const verdict = gate.judge(report)
  const shown = { ...kept?.options(report.findings), ...gate.roundTripMs, ...verdict.states }
  printReport(report, { ...options, editor: gate.editor }, problems.tell, shown, process.stderr)
  problems.done()
  verdict.tell(printedInFull(report, options))
  process.exitCode = status || (problems.count > 0 ? WRONG_USAGE : verdict.passed ? 0 : FINDINGS)
}
