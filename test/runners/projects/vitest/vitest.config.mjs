import { defineConfig } from 'vitest/config'

const { FILES = 'test/*.test.mjs', OPTIONS = '{}', POOL = 'forks' } = process.env

export default defineConfig({
  test: {
    include: [FILES],
    pool: POOL,
    setupFiles: ['pg-loupe/vitest/setup'],
    reporters: ['default', ['pg-loupe/vitest/reporter', JSON.parse(OPTIONS)]],
  },
})
