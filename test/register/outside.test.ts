// Tests work outside of requests: each call of a timer, a socket or a port is a unit of work of its own, and so is the main
// program. Repetition from unit to unit is no loop; repetition inside one unit is.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import type { ProfilerOptions } from '../../src/profiler/options.ts'
import type { Report } from '../../src/types/report.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const app = join(import.meta.dirname, 'apps/outside.mjs')
const database = await testDatabase()
const BOOKS = 12

beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(`
    create table books (id int primary key, author_id int);
    insert into books select 7000 + id, id from generate_series(1, ${BOOKS}) id;
  `)
  await client.end()
})

test.each([
  'interval',
  'interval that waits for something else first',
  'chain of timeouts',
  'loop that sleeps',
  'loops that sleep side by side',
  'iterated interval',
  'messages of a port',
  'messages of a socket',
  'notifications that come at once',
])('no loop is found in what is repeated by: %s', async (kind) => {
  const { findings, traces } = await profile(kind)
  expect(findings).toEqual([])
  expect(traces).toBeGreaterThan(3)
})

test.each([
  ['loop of the main program', '// touch'],
  ['loop of the main program after a sleep', '// touch'],
  ['loop of a tick', '// touch'],
  ['loop through callbacks', '// touch back'],
  ['loop over the lines of a file', '// touch'],
])('the %s is found at its line', async (kind, mark) => {
  const { findings } = await profile(kind)
  expect(findings.map(({ detector, callSite, cost }) => [detector, callSite[0]?.line, cost.queries])).toEqual(
    [['n-plus-one-write', lineOf(mark), BOOKS - 1]],
  )
})

test('a script has no budget that nobody gave it', async () => {
  const free = await profile('many different queries')
  expect([free.queries, free.findings]).toEqual([131, []])
  const bound = await profile('many different queries', {
    'query-budget': { routes: { 'outside any trace': 20 } },
  })
  expect(bound.findings.map(({ detector }) => detector)).toEqual(['query-budget'])
})

async function profile(kind: string, detectors: ProfilerOptions['detectors'] = {}): Promise<Report> {
  const folder = temporaryFolder()
  const report = join(folder, 'report.json')
  const lines = join(folder, 'lines.txt')
  writeFileSync(lines, Array.from({ length: BOOKS }, (_, at) => `${at * 37}\n`).join(''))
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    NODE_OPTIONS: '',
    DATABASE_URL: database.url,
    KIND: kind,
    LINES: lines,
    PG_LOUPE_OUTPUT: `json=${report}`,
    PG_LOUPE_CONSOLE: '0',
    PG_LOUPE_CAPTURE: 'full',
    // How long a query takes on a busy machine says nothing of what is tested here.
    PG_LOUPE_OPTIONS: JSON.stringify({ detectors: { 'slow-query': false, ...detectors } }),
  }
  await run(process.execPath, ['--import', 'pg-loupe/register', app], { cwd: root, env })
  return JSON.parse(readFileSync(report, 'utf8'))
}

function lineOf(mark: string): number {
  return (
    readFileSync(app, 'utf8')
      .split('\n')
      .findIndex((line) => line.endsWith(mark)) + 1
  )
}
