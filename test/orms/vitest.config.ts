// Runs the matrix, with pg-loupe loaded before the ORMs as an application would have it, and the pages of docs/orms,
// which start processes of their own.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '../..')

export default defineConfig({
  root,
  test: {
    include: ['test/orms/matrix.ts', 'test/orms/pages.ts', 'test/orms/prisma-lines.ts'],
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    pool: 'forks',
    execArgv: ['--import', join(root, 'dist/adapters/register/index.js')],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
