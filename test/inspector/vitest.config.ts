// Runs the inspector's command line against the shop. It is started by run.mjs.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/inspector/*.suite.ts'],
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
