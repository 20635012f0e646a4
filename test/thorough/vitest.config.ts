// Runs the tests that take minutes: sizes of 100,000 queries, exhaustive matrices of ways to start an application, and tests
// of the test servers themselves. `npm test` runs a representative part of each matrix; `.ci/run` runs both.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/**/*.thorough.ts'],
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
