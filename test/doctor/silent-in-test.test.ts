// A program with NODE_ENV=test whose findings nobody hears of, in a process of its own.
import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerEnvironment } from '../stranger-environment.ts'
import { strangerFolder } from './stranger-folder.ts'

const database = await testDatabase()
const SAID = 'pg-loupe: NODE_ENV is test, where nothing is printed'
const PROGRAM = `import pg from 'pg'
import { defaultProfiler } from 'pg-loupe'
import { profilePool } from 'pg-loupe/pg'
const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
await defaultProfiler().trace('job', () => pool.query('select 1'))
await defaultProfiler().settled()
if (process.argv[2] === 'asks') defaultProfiler().report()
if (process.argv[2] === 'killed') {
  setInterval(() => {}, 1000)
  process.kill(process.pid, 'SIGTERM')
} else await pool.end()
`

test.each([
  ['at its exit', [], {}],
  ['when SIGTERM ends it', ['killed'], {}],
])('it says so once, %s', async (_when, args, env) => {
  const stderr = await run(args, env)
  expect(stderr.split(SAID)).toHaveLength(2)
  expect(stderr).toContain('next  Set PG_LOUPE_CONSOLE=1')
})

test.each<[string, string[], Record<string, string>]>([
  ['it asks for its report', ['asks'], {}],
  ['it prints, as the notice says', [], { PG_LOUPE_CONSOLE: '1' }],
  ['it keeps a report', [], { PG_LOUPE_OUTPUT: 'json=report.json' }],
  ['the console is off on purpose', [], { PG_LOUPE_OPTIONS: '{"console":"off"}' }],
  ['hints are switched off', [], { PG_LOUPE_OPTIONS: '{"hints":false}' }],
  ['a test runner has started it', [], { VITEST: 'true' }],
  ['it is the test script of a package', [], { npm_lifecycle_event: 'test' }],
  ['it is no test', [], { NODE_ENV: 'development' }],
])('it says nothing of it when %s', async (_when, args, env) => {
  expect(await run(args, env)).not.toContain(SAID)
})

function run(args: readonly string[], env: Record<string, string>): Promise<string> {
  const cwd = strangerFolder({ 'program.mjs': PROGRAM })
  const { npm_lifecycle_event: _, ...environment } = strangerEnvironment()
  const options = {
    cwd,
    env: { ...environment, NO_COLOR: '1', NODE_ENV: 'test', DATABASE_URL: database.url, ...env },
  }
  return new Promise((resolve) => {
    execFile(process.execPath, ['program.mjs', ...args], options, (_error, _stdout, stderr) =>
      resolve(stderr),
    )
  })
}
