// Tests how the report of a test runner is compared with configuration and baseline. The runners themselves are tested in
// projects of their own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { baselineOf, formatBaseline } from '../../src/report/baseline.ts'
import { startTestRun } from '../../src/runners/test-run.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const database = await testDatabase()
afterEach(() => vi.restoreAllMocks())

/** Runs loops with these names and returns the result of the run. */
async function runLoops(options: Parameters<typeof startTestRun>[0], ...names: string[]) {
  const run = startTestRun(options)
  const profiler = createProfiler({ console: 'off' })
  const pool = profilePool(new pg.Pool(database.config), profiler)
  for (const name of names) {
    await profiler.trace(name, async () => {
      for (const id of [1, 2, 3, 4]) await pool.query('select $1::int', [id])
    })
  }
  await profiler.settled()
  await pool.end()
  return { ...(await run.finish()), report: profiler.report() }
}

function inFolderWith(config: object): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, '.git'))
  writeFileSync(join(folder, 'pg-loupe.config.json'), JSON.stringify(config))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  return folder
}

test('findings in the baseline do not fail the run, and a new finding does', async () => {
  const folder = inFolderWith({ failOn: 'new' })
  const { report } = await runLoops({ failOn: false }, 'old')
  writeFileSync(join(folder, 'pg-loupe-baseline.json'), formatBaseline(baselineOf(report)))

  const passed = await runLoops({}, 'old')
  expect(passed.failed).toBe(false)
  expect(passed.text).toContain('The run passed; 1 finding accepted by pg-loupe-baseline.json')

  const failed = await runLoops({}, 'old', 'added')
  expect(failed.failed).toBe(true)
  expect(failed.text).toContain('The run failed for 1 finding beyond pg-loupe-baseline.json\n')
  // New findings are printed in full above these lines; accepted ones are counted.
  expect(failed.text.match(/^ {2}in \S+$/gm)).toEqual(['  in added'])
})

test('findings that the configuration suppresses are counted and do not fail the run', async () => {
  inFolderWith({
    suppress: [
      { route: 'old', reason: 'goes away' },
      { route: 'quiet', reason: 'was loud' },
    ],
  })
  const { failed, text } = await runLoops({ failOn: 'info' }, 'old')
  expect(failed).toBe(false)
  expect(text).toContain('1 finding is suppressed, for one reason.')
  expect((await runLoops({ failOn: 'info' }, 'new')).failed).toBe(true)
})

test('a run of tests without queries does not fail', async () => {
  inFolderWith({ failOn: 'new' })
  const { failed, text } = await runLoops({})
  expect(failed).toBe(false)
  expect(text).toContain('No query was seen.')
})

test('a wrong configuration is reported before the first test', () => {
  inFolderWith({ failOn: 'bad' })
  expect(() => startTestRun()).toThrow('option failOn got "bad"')
})
