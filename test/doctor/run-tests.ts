// Runs tests of vitest and node:test with some of the parts that pg-loupe has for them.
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { beforeAll, vi } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerEnvironment } from '../stranger-environment.ts'
import { strangerFolder } from './stranger-folder.ts'

const root = join(import.meta.dirname, '../..')
export const project = join(import.meta.dirname, '../cli/project')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const database = await testDatabase()
// Each test starts several processes, and those of vitest take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

export const SET_UP = "setupFiles: ['pg-loupe/vitest/setup']"
export const REPORTER = "reporters: ['default', 'pg-loupe/vitest/reporter']"
export const NOT_REPORTED = 'The set-up file of pg-loupe traces the tests of'
export const NOT_TRACED = 'The reporter of pg-loupe is in use, and its set-up file is not'

beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query('create table books (id int, author_id int); create table authors (id int, name text)')
  await client.end()
})

export async function runVitest(config: readonly string[]): Promise<string> {
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
export function run(args: readonly string[], cwd: string): Promise<string> {
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
