// A detector of the user, named by the configuration file, judges what `pg-loupe run` and a test runner have recorded.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Report } from '../../src/types/report.ts'
import { runBuilt } from '../cli/built-command.ts'
import { run } from '../doctor/run-tests.ts'
import { strangerFolder } from '../doctor/stranger-folder.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()

const FILES = {
  'pg-loupe.config.json': JSON.stringify({
    detectors: { rules: ['./sleepy.mjs'], sleepy: { minQueries: 2 } },
  }),
  'sleepy.mjs': `import { defineDetector } from 'pg-loupe'
export default defineDetector({
  meta: { id: 'sleepy', title: 'It sleeps', severity: 'warning', defaults: { minQueries: 1 } },
  detect: ({ id, name, queries }, { minQueries }) => queries.length < minQueries ? [] : [{
    detector: 'sleepy', key: 'sleepy | ' + name, route: name, severity: 'warning', confidence: 'proven',
    title: 'It sleeps', detail: 'It sleeps.', remediation: 'Do not sleep.', callSite: queries[0].callSite ?? [],
    occurrenceCount: 1, occurrences: [{ trace: id, queries: [0] }],
    cost: { queries: 0, roundTrips: 0 }, evidence: [],
  }],
})`,
  'sleep.mjs': `import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
export const end = () => pool.end()
export async function sleep(times) {
  for (let at = 0; at < times; at++) await pool.query('select pg_sleep(0)')
}`,
  'job.mjs': `import { defaultProfiler } from 'pg-loupe'
import { end, sleep } from './sleep.mjs'
await defaultProfiler().trace('long', () => sleep(2))
await defaultProfiler().trace('short', () => sleep(1))
await end()`,
  'job.test.mjs': `import { after, test } from 'node:test'
import { end, sleep } from './sleep.mjs'
after(end)
test('long', () => sleep(2))
test('short', () => sleep(1))`,
}

test('pg-loupe run', async () => {
  const cwd = strangerFolder(FILES)
  const args = ['run', '--output', 'json=report.json', '--', 'node', 'job.mjs']
  const { stderr, code } = await runBuilt(args, { cwd, env: { DATABASE_URL: database.url } })
  expect(code, stderr).toBe(0)
  const { findings }: Report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'))
  expect(findings).toMatchObject([{ detector: 'sleepy', route: 'long' }])
})

test('node:test', async () => {
  const cwd = strangerFolder(FILES)
  const output = await run(['--require', 'pg-loupe/node-test', '--test', 'job.test.mjs'], cwd)
  expect(output.match(/It sleeps {2}sleepy, proven/g)).toHaveLength(1)
  expect(output).toContain('> long')
})
