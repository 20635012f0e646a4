// pg-loupe/mocha/hooks: traces every test of mocha without changes to the tests, also in parallel mode, and ends the run with
// the summary and the requested files. It is not a reporter, because mocha accepts only one: mocha reads the exports of a
// file that it requires. Collecting begins at once, before the application creates its profilers.
import type { Profiler } from '../../src/profiler/profiler.ts'
import type { RunOptions } from '../../src/runners/run-options.ts'
import { noteSetUp } from '../../src/runners/test-notes.ts'
import { startTestRun } from '../../src/runners/test-run.ts'
import { profilerOfTests, tracedTest } from '../../src/runners/traced-test.ts'

export type { RunOptions }

/** The export that mocha looks for in a required file. */
export interface LoupeHooks {
  mochaHooks: {
    beforeEach(this: HookContext): void
    afterAll(): Promise<void>
  }
  mochaGlobalTeardown(): Promise<void>
}

interface HookContext {
  currentTest?: Test | undefined
}

interface Test {
  fn?: unknown
  file?: string
  titlePath(): string[]
}

/**
 * `profiler` returns the profiler to use instead of the default one. It is called before the first test.
 *
 * @throws TypeError that names each wrong option, its value and the allowed values.
 */
export function loupeHooks(options?: RunOptions, profiler: () => Profiler = profilerOfTests): LoupeHooks {
  noteSetUp('mocha')
  const run = startTestRun(options)
  return {
    mochaHooks: {
      beforeEach() {
        const test = this.currentTest
        if (!test) return
        const place = { file: test.file, names: test.titlePath(), callbackAt: 0 }
        test.fn = tracedTest(test.fn, place, profiler())
      },
      // In parallel mode this runs after each file, and the worker may be ended afterwards.
      afterAll: () => profiler().settled(),
    },
    async mochaGlobalTeardown() {
      const { text, failed } = await run.finish()
      process.stderr.write(text)
      if (failed) failAtExit()
    },
  }
}

/** mocha sets the exit status in a listener that it adds later, or exits immediately. */
function failAtExit(): void {
  const fail = () => {
    process.exitCode ||= 1
  }
  process.once('exit', fail)
  process.once('beforeExit', () => process.once('exit', fail))
}
