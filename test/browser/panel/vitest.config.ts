// Runs the suite of the live panel alone: it needs a browser that a clone does not have.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '../../..'),
  test: {
    include: ['test/browser/panel/*.suite.ts'],
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    // Each file starts a browser, a panel and an application.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
