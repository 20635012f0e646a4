// A set-up file without the reporter, and the reporter without the set-up file, in runs of real test runners.
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { beforeAll, expect, test, vi } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerEnvironment } from '../stranger-environment.ts'
import { strangerFolder } from './stranger-folder.ts'

const root = join(import.meta.dirname, '../..')
const project = join(import.meta.dirname, '../cli/project')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const database = await testDatabase()
// Each test starts several processes, and those of vitest take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const SET_UP = "setupFiles: ['pg-loupe/vitest/setup']"
const REPORTER = "reporters: ['default', 'pg-loupe/vitest/reporter']"
const NOT_REPORTED = 'The set-up file of pg-loupe traces the tests of'
const NOT_TRACED = 'The reporter of pg-loupe is in use, and its set-up file is not'

beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query('create table books (id int, author_id int); create table authors (id int, name text)')
  await client.end()
})

test.each([
  ['the set-up file alone', [SET_UP], NOT_REPORTED, REPORTER],
  ['the reporter alone', [REPORTER], NOT_TRACED, SET_UP],
])('vitest with %s says once what is missing', async (_what, config, seen, nextStep) => {
  const output = await runVitest(config)
  expect(output.split(seen)).toHaveLength(2)
  expect(output).toContain(`next  ${nextStep}`)
})

test('vitest with both says nothing of it', async () => {
  const output = await runVitest([SET_UP, REPORTER])
  expect(output).toMatch(/\d+ queries in 2 tests/)
  expect(output).not.toMatch(/next {2}|lost {2}/)
})

test('vitest with the set-up file for its matchers says nothing of it', async () => {
  const output = await runVitest([SET_UP, "include: ['matcher.spec.mjs']"])
  expect(output).toMatch(/1 passed/)
  expect(output).not.toContain(NOT_REPORTED)
})

test.each([
  ['--import', true],
  ['--require', false],
])('node:test by %s: the missing summary is told: %s', async (option, isTold) => {
  const output = await run([option, 'pg-loupe/node-test', '--test', 'books.test.mjs'], project)
  expect(output.includes(NOT_REPORTED)).toBe(isTold)
  expect(output.includes('next  node --require pg-loupe/node-test --test')).toBe(isTold)
})

async function runVitest(config: readonly string[]): Promise<string> {
  const options = ["include: ['{books,authors}.spec.mjs']", ...config].join(', ')
  const folder = strangerFolder({
    'vitest.config.mjs': `export default { test: { ${options} } }`,
    'matcher.spec.mjs': `import { expect, test } from 'vitest'
import { ask } from './app.mjs'
test('few', () => expect(() => ask('/authors/1')).toHaveQueryCount(1))
`,
  })
  for (const name of ['app.mjs', 'books.spec.mjs', 'authors.spec.mjs']) {
    cpSync(join(project, name), join(folder, name))
  }
  return await run([vitest, 'run'], folder)
}

/** Queries of the application are recorded as `pg-loupe/register` records them. */
function run(args: readonly string[], cwd: string): Promise<string> {
  const register = join(root, 'dist/adapters/register/index.js')
  const env = {
    ...strangerEnvironment(),
    NO_COLOR: '1',
    DATABASE_URL: database.url,
    NODE_OPTIONS: `--require ${register}`,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (_error, stdout, stderr) => resolve(stdout + stderr))
  })
}
