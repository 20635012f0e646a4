// pg-loupe doctor, as it is built, over real applications with a real PostgreSQL. Each fault is an application that is set up
// as the README says, but for one edit; without the edit it is all captured.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import pg from 'pg'
import { beforeAll, describe, expect, type TestContext, test, vi } from 'vitest'
import type { Diagnosis } from '../../src/cli/doctor/diagnosis.ts'
import { runBuilt } from '../cli/built-command.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerFolder } from './stranger-folder.ts'

const apps = join(import.meta.dirname, 'apps')
const database = await testDatabase()
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

const VITEST = {
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
const SHOP = { 'app.mjs': appOf('shop.mjs') }
const JOB = { 'app.mjs': appOf('job.mjs') }
const RUN_VITEST = ['node', 'node_modules/vitest/vitest.mjs', 'run']

interface Case {
  files: Record<string, string>
  words?: readonly string[]
  path?: string
  env?: Record<string, string>
}

type Edit = readonly [from: string, to: string]

function edited(files: Record<string, string>, ...edits: Edit[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      edits.reduce((whole, [from, to]) => whole.replaceAll(from, to), text),
    ]),
  )
}

describe.concurrent('all is captured of', () => {
  test.for<[string, Case, Partial<Diagnosis['found']>]>([
    [
      'Express 5 with Drizzle, as ES modules',
      { files: SHOP, path: '/books' },
      {
        orms: [{ name: 'drizzle-orm', version: expect.stringMatching(/^0\.\d+/) }],
        frameworks: [{ name: 'express', version: expect.stringMatching(/^5\./) }],
        requests: { seen: 1, traced: 1, routes: [{ name: 'GET /books', requests: 1 }] },
      },
    ],
    [
      'Express 4 with pg, as CommonJS',
      { files: { 'app.cjs': appOf('shop.cjs') }, words: ['node', 'app.cjs'], path: '/books/1' },
      {
        drivers: [{ name: 'pg', version: expect.stringMatching(/^8\./) }],
        frameworks: [{ name: 'express', version: expect.stringMatching(/^4\./) }],
        requests: { seen: 1, traced: 1, routes: [{ name: 'GET /books/:id', requests: 1 }] },
      },
    ],
    [
      'an application under --import pg-loupe/register',
      {
        files: { 'app.mjs': appOf('plain.mjs') },
        words: ['node', '--import', 'pg-loupe/register', 'app.mjs'],
        path: '/books',
      },
      {},
    ],
    [
      'an application under register by NODE_OPTIONS',
      {
        files: { 'app.mjs': appOf('plain.mjs') },
        env: { NODE_OPTIONS: '--require pg-loupe/register' },
        path: '/books',
      },
      {},
    ],
    ['a job with a trace', { files: JOB }, { requests: { seen: 0, traced: 0, routes: [] } }],
    ['a test run of Vitest', { files: VITEST, words: RUN_VITEST }, {}],
  ])('%s', async ([_what, one, found], context) => {
    const { diagnosis, code, output } = await doctor(one, context)
    expect(faultsOf(diagnosis), output).toEqual([])
    expect([diagnosis.verdict, diagnosis.unchecked, code]).toEqual(['captured', [], 0])
    expect(diagnosis.found).toMatchObject(found)
  })
})

describe.concurrent('it names', () => {
  test.for<[string, Case, string, string]>([
    [
      '(a) a missing profileRequests',
      { files: edited(SHOP, ['app.use(profileRequests())', '']), path: '/books' },
      'requests-not-profiled',
      'app.use(profileRequests())',
    ],
    [
      '(b) profileRequests after the routes',
      {
        files: edited(
          SHOP,
          ['app.use(profileRequests())', ''],
          ['if (!prof', 'app.use(profileRequests())\nif (!prof'],
        ),
        path: '/books',
      },
      'requests-before-profiler',
      'above the first route',
    ],
    [
      '(c) requests that use a pool which is not profiled',
      {
        files: edited({ 'app.cjs': appOf('shop.cjs') }, ['profilePool(new', '(new']),
        words: ['node', 'app.cjs'],
        path: '/books/1',
      },
      'pool-of-requests-not-profiled',
      'profilePool(pool)',
    ],
    [
      '(d) a second pool that is not profiled',
      { files: edited(SHOP, ['reports = profilePool(', 'reports = (']), path: '/books' },
      'another-pool-not-profiled',
      'profilePool(pool)',
    ],
    [
      '(e) different profilers of pool and middleware',
      { files: edited(SHOP, ['profileRequests()', 'profileRequests(profiler)']), path: '/books' },
      'different-profilers',
      'the same profiler',
    ],
    [
      '(f) a job outside of any trace',
      { files: edited(JOB, ["await defaultProfiler().trace('retitle', retitle)", 'await retitle()']) },
      'outside-requests',
      "trace('name'",
    ],
    [
      '(g) Drizzle that is not wrapped',
      { files: edited(SHOP, ['profileDrizzle(drizzle(pool))', 'drizzle(pool)']), path: '/books' },
      'drizzle-not-profiled',
      'profileDrizzle(drizzle(pool))',
    ],
    [
      '(h) NODE_ENV=test, which prints nothing',
      { files: SHOP, path: '/books', env: { NODE_ENV: 'test' } },
      'silent-in-test',
      'PG_LOUPE_CONSOLE=1',
    ],
    [
      '(i) the set-up file of Vitest without the reporter',
      {
        files: edited(VITEST, [", 'pg-loupe/vitest/reporter'", '']),
        words: RUN_VITEST,
      },
      'tests-not-reported',
      "reporters: ['default', 'pg-loupe/vitest/reporter']",
    ],
    [
      '(i) the reporter of Vitest without the set-up file',
      { files: edited(VITEST, ["setupFiles: ['pg-loupe/vitest/setup'],", '']), words: RUN_VITEST },
      'tests-not-traced',
      "setupFiles: ['pg-loupe/vitest/setup']",
    ],
    [
      '(l) a comment without a reason, with its line',
      { files: edited(SHOP, ['pg-loupe-ignore: only one row', 'pg-loupe-ignore']), path: '/books' },
      'comment-without-effect',
      '/* pg-loupe-ignore: ',
    ],
    [
      'an application without pg-loupe',
      { files: { 'app.mjs': appOf('plain.mjs') }, path: '/' },
      'no-profiler',
      'pg-loupe/register',
    ],
    [
      'NODE_ENV=production',
      { files: SHOP, path: '/books', env: { NODE_ENV: 'production' } },
      'profiler-off',
      'NODE_ENV=development',
    ],
    [
      'a variable that does not exist',
      { files: JOB, env: { PG_LOUPE_CONSOL: '1' } },
      'wrong-variable',
      'variables',
    ],
    [
      'a command that sends nothing',
      { files: {}, words: ['node', '-e', '1'] },
      'nothing-seen',
      'doctor -- node',
    ],
  ])('%s', async ([_what, one, id, nextStep], context) => {
    const { diagnosis, code, output } = await doctor(one, context)
    expect(
      diagnosis.notices.map((notice) => notice.id),
      output,
    ).toContain(id)
    expect([[...new Set(faultsOf(diagnosis))], code], output).toEqual([[id], 1])
    expect(diagnosis.notices.find((notice) => notice.id === id)?.nextStep).toContain(nextStep)
  })

  test('(j) a pg that is bundled into the application', async (context) => {
    const folder = strangerFolder({ 'app.mjs': appOf('plain.mjs') }, context)
    bundle(folder)
    const words = ['node', '--require', 'pg-loupe/register', 'bundle.cjs']
    const { diagnosis, code, output } = await doctor({ files: {}, words, path: '/' }, context, folder)
    expect([faultsOf(diagnosis), code], output).toEqual([['pg-not-found'], 1])
  })

  test('(k) a catalog that could not be read', async (context) => {
    const url = new URL(database.url)
    url.username = 'doctor_limited'
    url.password = 'limited'
    const { diagnosis, code, output } = await doctor(
      {
        files: { 'app.cjs': appOf('shop.cjs') },
        words: ['node', 'app.cjs'],
        path: '/books/1',
        env: { DATABASE_URL: url.href },
      },
      context,
    )
    expect([faultsOf(diagnosis), code], output).toEqual([['catalog-not-read'], 1])
  })

  test('(k) a catalog that is not read in tests, as a hint', async (context) => {
    const { diagnosis, output } = await doctor({ files: VITEST, words: RUN_VITEST }, context)
    expect(diagnosis.notices, output).toMatchObject([
      { id: 'catalog-not-read', level: 'hint', nextStep: expect.stringContaining('PG_LOUPE_OPTIONS=') },
    ])
  })
})

test('missing checks are named: no request came', async (context) => {
  const { diagnosis, code } = await doctor({ files: SHOP }, context, undefined, ['--seconds', '1'])
  expect([diagnosis.verdict, code]).toEqual(['unchecked', 1])
  expect(diagnosis.unchecked).toMatchObject([{ what: expect.stringContaining('no request came') }])
})

function faultsOf({ notices }: Diagnosis): string[] {
  return notices.filter(({ level }) => level === 'fault').map(({ id }) => id)
}

function appOf(name: string): string {
  return readFileSync(join(apps, name), 'utf8')
}

function bundle(folder: string): void {
  buildSync({
    entryPoints: [join(folder, 'app.mjs')],
    outfile: join(folder, 'bundle.cjs'),
    bundle: true,
    platform: 'node',
    external: ['pg-native'],
  })
}

async function doctor(
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
