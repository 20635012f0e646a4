import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts', 'adapters/**/*.test.ts', 'examples/**/*.test.ts'],
    globalSetup: ['test/temporary-folder-setup.ts', 'test/postgres/global-setup.ts'],
    // Most of the time goes into waiting for servers and processes; the default leaves one core idle.
    maxWorkers: '100%',
    // A test that starts a server or compiles something needs seconds, more of them on a busy CI machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
