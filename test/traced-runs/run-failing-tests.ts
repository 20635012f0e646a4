// Runs tests in a real runner on PostgreSQL, with assertions that fail by findings, and reads the summary of the run.
import { execFile } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import type { Report } from '../../src/types/report.ts'
import { strangerFolder } from '../doctor/stranger-folder.ts'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerEnvironment } from '../stranger-environment.ts'

const root = join(import.meta.dirname, '../..')
const application = join(import.meta.dirname, '../cli/project/app.mjs')
const database = await testDatabase()
// Each test starts several processes, and those of Vitest take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

beforeAll(() => makeLibrary(database.config, 12))

export const IN_SUMMARY = /in GET \/books\n {2}✖ N\+1/
export const COUNTED = '1 finding was shown by the assertions that failed.'

export const FAILS = `test('fails', async () => { await expectNoNPlusOne(() => ask('/books')) })`
export const FAILS_BY_COUNT = `test('is over its count', async () => { await expectQueryCount(() => ask('/books'), { max: 2 }) })`
export const FAILS_BY_MATCHER = `test('fails a matcher', async () => { await expect(() => ask('/books')).toHaveNoFindings() })`
export const FAILS_BY_DONE = `test('calls back', (_context, done) => { expectNoNPlusOne(() => ask('/books')).then(() => done(), done) })`
const PASSES = `test('passes', async () => { await ask('/books') })`
const CATCHES = `test('catches', async () => { await expectNoNPlusOne(() => ask('/books')).catch(() => {}) })`
const FAILS_OTHERWISE = `test('fails otherwise', async () => { await ask('/books'); throw new Error('other') })`
export const RETRIES = `let attempt = 0
test('retries', { retry: 1 }, async () => { await expectNoNPlusOne(() => ask(attempt++ === 0 ? '/books' : '/books/at-once')) })`
export const IS_EXPECTED_TO_FAIL = `test.fails('fails as expected', async () => { await expectNoNPlusOne(() => ask('/books')) })`
export const OF_THE_TEST = `test('reads twice', async () => { await list(); await expectNoNPlusOne(list) })`

type RunTests = (tests: readonly string[]) => Promise<{ summary: string; report: Report; code: number }>

export function testFailures(run: RunTests, failing: readonly string[]): void {
  test('shows a finding in the failures only; files and the gate contain it', async () => {
    const { summary, report, code } = await run(failing)
    expect(summary).toContain(COUNTED)
    expect(summary).not.toMatch(IN_SUMMARY)
    expect(summary).toMatch(/The run failed for 1 finding:\n {2}error {2}N\+1/)
    expect(report.findings).toMatchObject([
      { detector: 'n-plus-one', route: 'GET /books', occurrenceCount: 3 },
    ])
    expect(code).toBe(1)
  })
}

export function testOtherTests(run: RunTests): void {
  test.each([
    ['passes with it', PASSES],
    ['fails by something else', FAILS_OTHERWISE],
    ['catches the error', CATCHES],
  ])('prints the finding when another test %s', async (_what, other) => {
    const { summary } = await run([FAILS, other])
    expect(summary).toMatch(IN_SUMMARY)
    expect(summary).not.toContain('shown by the assertions')
  })
}

export async function runVitest(tests: readonly string[]) {
  const folder = folderWith('loops.spec.mjs', [
    `import { expect, test } from 'vitest'`,
    `import { expectNoNPlusOne, expectQueryCount } from 'pg-loupe/testing'`,
    ...tests,
  ])
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return await run([vitest, 'run'], folder)
}

export async function runNodeTest(tests: readonly string[]) {
  const folder = folderWith('loops.test.mjs', [
    `import { after, test } from 'node:test'`,
    `import { expectNoNPlusOne, expectQueryCount } from 'pg-loupe/testing'`,
    'after(() => pool.end())',
    ...tests,
  ])
  return await run(['--require', 'pg-loupe/node-test', '--test', 'loops.test.mjs'], folder)
}

function folderWith(name: string, lines: readonly string[]): string {
  const options = `setupFiles: ['pg-loupe/vitest/setup'], reporters: ['default', 'pg-loupe/vitest/reporter']`
  const folder = strangerFolder({
    'vitest.config.mjs': `export default { test: { ${options} } }`,
    [name]: [`import { ask, pool } from './app.mjs'`, `import { list } from './list.mjs'`, ...lines, ''].join(
      '\n',
    ),
    'list.mjs': `import { pool } from './app.mjs'
export async function list() {
  const { rows } = await pool.query('select id, author_id from books order by id')
  for (const row of rows) await pool.query('select name from authors where id = $1', [row.author_id])
}
`,
  })
  cpSync(application, join(folder, 'app.mjs'))
  return folder
}

/** Queries of the application are recorded as `pg-loupe/register` records them. */
async function run(args: readonly string[], cwd: string) {
  const register = join(root, 'dist/adapters/register/index.js')
  const env = {
    ...strangerEnvironment(),
    NO_COLOR: '1',
    DATABASE_URL: database.url,
    NODE_OPTIONS: `--require ${register}`,
    PG_LOUPE_RUN: JSON.stringify({ failOn: 'error', outputs: { json: 'report.json' } }),
  }
  const { output, code } = await new Promise<{ output: string; code: number }>((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) =>
      resolve({ output: `${stdout}\n${stderr}`, code: error ? Number(error.code ?? 1) : 0 }),
    )
  })
  const report: Report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'))
  return { summary: output.slice(output.lastIndexOf('\npg-loupe  ')), report, code }
}
