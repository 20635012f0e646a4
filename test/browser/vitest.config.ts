// Runs the check alone: it needs a browser that a clone does not have.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/browser/page.ts'],
    globalSetup: ['test/temporary-folder-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
