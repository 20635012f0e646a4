// Runs pg-loupe doctor, as it is built, over real applications with a real PostgreSQL. Each fault is an application that is set
// up as the README says, but for one edit; without the edit it is all captured. `npm test` runs a fault of each kind, and
// `npm run test:thorough` all others.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { beforeAll, expect, type TestContext, vi } from 'vitest'
import type { Diagnosis } from '../../src/cli/doctor/diagnosis.ts'
import { runBuilt } from '../cli/built-command.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerFolder } from './stranger-folder.ts'

const apps = join(import.meta.dirname, 'apps')
export const database = await testDatabase()
// Each test starts several processes, and those of vitest take long on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(`
    create table books (id int primary key, title text);
    insert into books select id, 'title ' || id from generate_series(1, 3) id;
    drop role if exists doctor_limited;
    create role doctor_limited login password 'limited' connection limit 1;
    grant select, update on books to doctor_limited;
  `)
  await client.end()
})

export const VITEST = {
  'vitest.config.mjs': `export default { test: {
  setupFiles: ['pg-loupe/vitest/setup'],
  reporters: ['default', 'pg-loupe/vitest/reporter'],
} }`,
  'books.test.mjs': `import pg from 'pg'
import { profilePool } from 'pg-loupe/pg'
import { afterAll, expect, test } from 'vitest'

const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
afterAll(() => pool.end())
test('there are books', async () => {
  const { rows } = await pool.query('select id from books')
  expect(rows).toHaveLength(3)
})`,
}
export const SHOP = { 'app.mjs': appOf('shop.mjs') }
export const JOB = { 'app.mjs': appOf('job.mjs') }
export const RUN_VITEST = ['node', 'node_modules/vitest/vitest.mjs', 'run']

export interface Case {
  files: Record<string, string>
  words?: readonly string[]
  path?: string
  env?: Record<string, string>
}

type Edit = readonly [from: string, to: string]

export function edited(files: Record<string, string>, ...edits: Edit[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      edits.reduce((whole, [from, to]) => whole.replaceAll(from, to), text),
    ]),
  )
}

export async function testCaptured(
  one: Case,
  found: Partial<Diagnosis['found']>,
  context: TestContext,
): Promise<void> {
  const { diagnosis, code, output } = await doctor(one, context)
  expect(faultsOf(diagnosis), output).toEqual([])
  expect([diagnosis.verdict, diagnosis.unchecked, code]).toEqual(['captured', [], 0])
  expect(diagnosis.found).toMatchObject(found)
}

export async function testNamed(
  one: Case,
  id: string,
  nextStep: string,
  context: TestContext,
): Promise<void> {
  const { diagnosis, code, output } = await doctor(one, context)
  expect(
    diagnosis.notices.map((notice) => notice.id),
    output,
  ).toContain(id)
  expect([[...new Set(faultsOf(diagnosis))], code], output).toEqual([[id], 1])
  expect(diagnosis.notices.find((notice) => notice.id === id)?.nextStep).toContain(nextStep)
}

export function faultsOf({ notices }: Diagnosis): string[] {
  return notices.filter(({ level }) => level === 'fault').map(({ id }) => id)
}

export function appOf(name: string): string {
  return readFileSync(join(apps, name), 'utf8')
}

export async function doctor(
  { files, words = ['node', 'app.mjs'], path, env }: Case,
  context: TestContext,
  folder = strangerFolder(files, context),
  options: readonly string[] = [],
) {
  const port = await freePort()
  const request = path === undefined ? [] : ['--request', `http://127.0.0.1:${port}${path}`]
  const args = ['doctor', '--format', 'json', ...request, ...options, '--', ...words]
  const { stdout, stderr, code } = await runBuilt(args, {
    cwd: folder,
    env: { DATABASE_URL: database.url, PORT: String(port), NO_COLOR: '1', ...env },
  })
  const output = `${stdout}\n${stderr}`
  expect(stdout, output).toMatch(/^\{/)
  return { diagnosis: JSON.parse(stdout) as Diagnosis, code, output }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
