import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Tests of pure functions share a worker and the modules that it has loaded. The files named in parentheses change their
 * process, load the parser late, or send queries, so each of them gets a worker of its own like all other tests.
 */
const PURE = [
  'test/grouping/*.test.ts',
  'test/sql/!(analyze-statement).test.ts',
  'test/detectors/!(duplicate-query-live|remedies|write-loops).test.ts',
  'test/report/!(console|hostile|terminal|test-code).test.ts',
]
// A test that starts a server or compiles something needs seconds, and many of them on a busy CI machine.
const patience = { testTimeout: 60_000, hookTimeout: 60_000 }

/** These take longest. They start first, so that no worker waits for one of them at the end. */
const SLOWEST =
  /(?:advice\/pasted|cli\/(?:gate|run)|live-routes|package|register|regular-expressions\/linear|setup\/live-notices)\.test\.ts$/

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlow = ({ moduleId }: TestSpecification) => SLOWEST.test(moduleId)
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: SlowestFirst },
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    // Tests often wait for servers and processes: two workers more than cores leave no core idle.
    maxWorkers: availableParallelism() + 2,
    // A thread starts with less work than a process.
    pool: 'threads',
    projects: [
      { test: { name: 'pure', include: PURE, isolate: false, ...patience } },
      {
        test: {
          name: 'isolated',
          include: [
            'test/**/*.test.ts',
            'src/**/*.test.ts',
            'adapters/**/*.test.ts',
            'examples/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...PURE],
          ...patience,
        },
      },
    ],
  },
})
