// pg-loupe/jest/reporter, for `reporters`: collects the traces of all workers and sandboxes, and ends each run with the
// summary and the requested files. It is used in addition to jest's own reporters.
import type { RunOptions } from '../../src/runners/run-options.ts'
import { startTestRun, type TestRun } from '../../src/runners/test-run.ts'

export type { RunOptions }

interface JestResults {
  numPassedTests?: number
  numFailedTests?: number
}

export default class LoupeReporter {
  readonly #options: RunOptions
  #run: TestRun | undefined
  #failed = false

  /** @throws TypeError that names each wrong option, its value and the allowed values. */
  constructor(_globalConfig: unknown, options: RunOptions = {}) {
    this.#options = options
    this.#run = startTestRun(options, 'jest')
  }

  /** In watch mode there is a run after each change. */
  onRunStart(): void {
    this.#run ??= startTestRun(this.#options, 'jest')
  }

  async onRunComplete(_contexts?: unknown, results?: JestResults): Promise<void> {
    const hasRunTests = (results?.numPassedTests ?? 0) + (results?.numFailedTests ?? 0) > 0
    const { text, failed } = (await this.#run?.finish(hasRunTests)) ?? { text: '', failed: false }
    this.#run = undefined
    this.#failed = failed
    process.stderr.write(text)
  }

  /** jest ends with status 1 when a reporter has an error. */
  getLastError(): Error | undefined {
    return this.#failed ? new Error('pg-loupe: the run failed because of findings (failOn)') : undefined
  }
}
