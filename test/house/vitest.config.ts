// The checks of the house itself, which need no database.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/house/*.test.ts'],
    root: `${import.meta.dirname}/../..`,
    // Reading every source file takes a second, and much longer on a busy machine.
    testTimeout: 60_000,
  },
})
