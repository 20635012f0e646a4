import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

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
// A test that starts a server or compiles something needs seconds, more of them on a busy CI machine.
const patience = { testTimeout: 30_000, hookTimeout: 30_000 }

export default defineConfig({
  test: {
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    // Tests often wait for servers and processes: one worker more than cores leaves no core idle.
    maxWorkers: availableParallelism() + 1,
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
