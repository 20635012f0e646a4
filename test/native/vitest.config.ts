// Runs the check alone: it needs a package that has to be compiled.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/native/native.ts'],
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
