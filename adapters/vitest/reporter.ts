// pg-loupe/vitest/reporter, for `reporters`: collects the traces of all workers, and ends each run with the summary and the
// requested files. It is used in addition to vitest's own reporters.
import type { Reporter } from 'vitest/node'
import { checkRunOptions, type RunOptions } from '../../src/runners/run-options.ts'
import { startTestRun, type TestRun } from '../../src/runners/test-run.ts'

export type { RunOptions }

export default class LoupeReporter implements Reporter {
  readonly #options: RunOptions
  #run: TestRun | undefined

  /** @throws TypeError that names each wrong option, its value and the allowed values. */
  constructor(options: RunOptions = {}) {
    checkRunOptions(options)
    this.#options = options
  }

  onInit(): void {
    this.#start()
  }

  /** In watch mode there is a run after each change. */
  onTestRunStart(): void {
    this.#start()
  }

  async onTestRunEnd(testModules: readonly unknown[] = []): Promise<void> {
    // The run is taken at once, because vitest 3 calls both this method and `onFinished`.
    const run = this.#run
    this.#run = undefined
    const { text, failed } = (await run?.finish(testModules.length > 0)) ?? { text: '', failed: false }
    process.stderr.write(text)
    if (failed) process.exitCode = 1
  }

  /** vitest 2 calls this method instead. */
  onFinished(files?: readonly unknown[]): Promise<void> {
    return this.onTestRunEnd(files)
  }

  #start(): void {
    this.#run ??= startTestRun(this.#options, 'vitest')
  }
}
