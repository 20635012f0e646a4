// pg-loupe/mocha/hooks: traces every test of mocha without a change to it, in parallel mode too, and ends the run with the
// summary and the files that were asked for. It is no reporter, because mocha takes one only: a file that mocha requires
// exports what it gives. Collecting begins at once, before the application makes its profilers.
import type { Profiler } from '../../src/profiler/profiler.ts'
import type { RunOptions } from '../../src/runners/run-options.ts'
import { noteSetUp } from '../../src/runners/test-notes.ts'
import { startTestRun } from '../../src/runners/test-run.ts'
import { profilerOfTests, tracedTest } from '../../src/runners/traced-test.ts'

export type { RunOptions }

/** What mocha looks for in a file that it requires. */
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
 * `profiler` gives the profiler to use, when it is not the default one; it is called before the first test.
 *
 * @throws TypeError that names each wrong option, what it got and what it takes.
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
      // In parallel mode this is after each file, and the worker may be ended afterwards.
      afterAll: () => profiler().settled(),
    },
    async mochaGlobalTeardown() {
      const { text, failed } = await run.finish()
      process.stderr.write(text)
      if (failed) failAtExit()
    },
  }
}

/** mocha sets the status in a listener that it adds after this moment, or exits there and then. */
function failAtExit(): void {
  const fail = () => {
    process.exitCode ||= 1
  }
  process.once('exit', fail)
  process.once('beforeExit', () => process.once('exit', fail))
}
