// Runs the matrix alone. Its cells are processes, as many at once as there are cores.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/loaders/*.suite.ts'],
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    maxConcurrency: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
