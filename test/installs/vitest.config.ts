// Runs the installations alone.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/installs/*.suite.ts'],
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    fileParallelism: false,
    // Includes the processes of package managers.
    maxConcurrency: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
