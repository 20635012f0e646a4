// Tests the notice of a set-up file in a runner whose tests cannot be traced.
import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tellUnsupportedRunner } from '../../src/runners/unsupported-runner.ts'
import { temporaryFolder } from '../temporary-folder.ts'

let told: string[] = []

beforeEach(() => {
  told = []
  vi.stubEnv('VITEST_WORKER_ID', '1')
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0)
  forgetWhatWasTold()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

test('it names the installed version, the missing and the working features, and a command', () => {
  runInApplicationWith('jest', '26.6.3')
  tellUnsupportedRunner('jest', 'jest-circus 27 and later')
  expect(told.join('')).toBe(
    `pg-loupe: The set-up file of pg-loupe/jest runs in jest 26.6.3, and traces tests of jest-circus 27 and later.
  lost  Tests have no trace of their own, and the summary at the end names none. Assertions, matchers and captureQueries work.
  next  npm install -D jest@latest, or remove pg-loupe/jest/setup from the configuration.
`,
  )
})

test('it names no version when no installed version can be found', () => {
  runInApplicationWith('jest', '26.6.3')
  tellUnsupportedRunner('vitest', 'vitest 3 and later')
  expect(told.join('')).toContain('pg-loupe/vitest runs in vitest, and traces tests of vitest 3 and later.\n')
})

test('it is printed once in a process, for each runner', () => {
  for (const runner of ['vitest', 'jest', 'vitest', 'jest'] as const) tellUnsupportedRunner(runner, 'others')
  expect(told.map((text) => /pg-loupe\/\w+/.exec(text)?.[0])).toEqual(['pg-loupe/vitest', 'pg-loupe/jest'])
})

test('it is printed by the first worker only', () => {
  vi.stubEnv('VITEST_WORKER_ID', '2')
  tellUnsupportedRunner('vitest', 'vitest 3 and later')
  expect(told).toEqual([])
})

function runInApplicationWith(runner: string, version: string): void {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules', runner), { recursive: true })
  writeFileSync(join(folder, 'node_modules', runner, 'package.json'), JSON.stringify({ version }))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
}

/** The mark is kept for the whole process, across the modules of several sandboxes. */
function forgetWhatWasTold(): void {
  Reflect.get(AsyncLocalStorage, Symbol.for('pg-loupe told'))?.clear()
}
