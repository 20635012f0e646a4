// Tests work outside of requests: each call of a timer, a socket or a port is a unit of work of its own, and so is the main
// program. Repetition from unit to unit is no loop; repetition inside one unit is.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { beforeAll, expect } from 'vitest'
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

export async function findsNoLoop(kind: string): Promise<void> {
  const { findings, traces } = await profile(kind)
  expect(findings).toEqual([])
  expect(traces).toBeGreaterThan(3)
}

export async function findsLoop(kind: string, mark: string): Promise<void> {
  const { findings } = await profile(kind)
  expect(findings.map(({ detector, callSite, cost }) => [detector, callSite[0]?.line, cost.queries])).toEqual(
    [['n-plus-one-write', lineOf(mark), BOOKS - 1]],
  )
}

export async function profile(kind: string, detectors: ProfilerOptions['detectors'] = {}): Promise<Report> {
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
