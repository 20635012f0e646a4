// One run of a test runner: a folder in which each of its processes, worker threads and sandboxes collects traces, and one
// report of them at the end. When PG_LOUPE_COLLECT is already set (by `pg-loupe run`), the process that has set it reports
// everything, and nothing is read or printed here.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readCollected } from '../collect/read-collected.ts'
import { readNotes } from '../collect/run-notes.ts'
import { writeTraces } from '../collect/write-traces.ts'
import { renderText } from '../config/find-reporter.ts'
import { judgeReport } from '../config/gate-settings.ts'
import type { ReportFile } from '../config/output-files.ts'
import { activeIds } from '../profiler/detector-options.ts'
import { KeptTraces } from '../report/kept-traces.ts'
import { runAnalysis } from '../report/run-analysis.ts'
import { terminalOf } from '../report/terminal.ts'
import { withoutTestFile } from '../report/test-code.ts'
import { testsNotTraced } from '../setup/explain-silence.ts'
import type { RunnerName } from '../setup/setup-facts.ts'
import { readShown } from '../testing/shown-in-failures.ts'
import type { Report } from '../types/report.ts'
import type { ReporterOptions } from '../types/reporter.ts'
import type { Trace } from '../types/trace.ts'
import { checkRunOptions, type RunOptions } from './run-options.ts'
import { type RunCounts, summarize } from './summary.ts'

export interface TestRun {
  /**
   * Reads the collected traces and writes the output files. Resolves with the text to print and whether the run fails because
   * of findings; never rejects. `hasRunTests` is whether the runner ran any tests.
   */
  finish(hasRunTests?: boolean): Promise<RunVerdict>
}

interface RunVerdict {
  text: string
  failed: boolean
}

const VARIABLE = 'PG_LOUPE_COLLECT'

/**
 * Sets PG_LOUPE_COLLECT for processes that are started later.
 *
 * `runner` is given by a reporter that needs a set-up file, whose absence is then reported.
 *
 * @throws TypeError when an option of the reporter is unknown or wrong.
 */
export function startTestRun(options?: RunOptions, runner?: RunnerName): TestRun {
  const checked = checkRunOptions(options)
  if (process.env[VARIABLE]) return { finish: async () => ({ text: '', failed: false }) }
  const folder = mkdtempSync(join(tmpdir(), `pg-loupe-tests-`))
  process.env[VARIABLE] = folder
  const remove = () => rmSync(folder, { recursive: true, force: true })
  // An aborted run leaves no files behind.
  process.once('exit', remove)

  return {
    async finish(hasRunTests = false) {
      try {
        return await report(hasRunTests)
      } catch (error) {
        // When findings can fail the run, a run that could not be judged has not passed.
        const failed = checked.gate !== undefined
        return { text: `pg-loupe: the run could not be reported: ${(error as Error).message}\n`, failed }
      }
    },
  }

  async function report(hasRunTests: boolean): Promise<RunVerdict> {
    if (process.env[VARIABLE] === folder) delete process.env[VARIABLE]
    const problems: string[] = []
    const collected = await readCollected(folder, (problem) => problems.push(problem))
    const counts: RunCounts = { tests: 0, requests: 0 }
    const { reports, traces } = checked.outputs
    const kept = reports.some(({ reporter }) => reporter.meta.wantsTraces) ? new KeptTraces() : undefined
    const hasSetUp = readNotes(folder).has('set-up')
    const isShownAlready = readShown(folder)
    const found = await runAnalysis(counted(collected.traces(), counts, checked.testCode), {
      detectors: checked.detectors,
      rules: { entries: checked.suppress },
      problem: (problem) => problems.push(problem),
      cut: () => collected.cut,
      kept,
    })
    if (traces) await writeTraces(collected, traces).catch(({ message }: Error) => problems.push(message))
    const { roundTripMs, editor } = checked
    const judged = checked.gate && judgeReport(found, checked.gate, activeIds(checked.detectors))
    const states = judged?.states ? { states: judged.states } : {}
    const shown = {
      ...kept?.options(found.findings),
      roundTripMs,
      ...(editor === undefined ? {} : { editor }),
      ...states,
    }
    writeReports(found, reports, shown, problems)
    process.removeListener('exit', remove)
    remove()
    // Part of the tests may send no query. That is reported, but does not fail the run.
    const failing = judged?.verdict.failing.length ?? 0
    const text = summarize(found, counts, {
      ...terminalOf(process.stderr, editor),
      cwd: process.cwd(),
      roundTripMs,
      ...states,
      isShownAlready,
      problems,
      verdict: (before) => (judged && (failing > 0 || found.queries > 0) ? judged.lines(before) : []),
      failed: failing > 0,
      notices: runner && !hasSetUp && hasRunTests ? [testsNotTraced(runner, true)] : [],
    })
    return { text: checked.summary || problems.length > 0 ? text : '', failed: failing > 0 }
  }
}

function* counted(traces: Iterable<Trace>, counts: RunCounts, testCode: boolean): Generator<Trace> {
  let last: string | undefined
  for (const trace of traces) {
    // An assertion inside of a test has its own trace under the test's name. The traces are ordered by name.
    if (trace.kind === 'test' && trace.name !== last) counts.tests++
    if (trace.kind === 'test') last = trace.name
    if (trace.kind === 'http') counts.requests++
    yield testCode ? withoutTestFile(trace) : trace
  }
}

function writeReports(
  report: Report,
  files: readonly ReportFile[],
  shown: ReporterOptions,
  problems: string[],
): void {
  const options = { ...shown, color: false, cwd: process.cwd(), root: process.cwd() }
  for (const { format, reporter, file } of files) {
    try {
      write(
        file,
        renderText(format, () => reporter.render(report, options)),
      )
    } catch (error) {
      problems.push((error as Error).message)
    }
  }
}

/** @throws Error that names the file when it cannot be written. */
function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    throw new Error(`cannot write ${file}: ${(error as Error).message}`)
  }
}
