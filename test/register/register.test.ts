// Tests applications that contain no code of pg-loupe, each in its own process, profiled from outside.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { runBuilt } from '../cli/built-command.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { copyOfApp, IMPORT, lineOf, profile, summaryOf } from './profile-application.ts'
import { isRefused, testDrizzle, testWay, usualWays } from './ways.ts'
import { withAcme } from './with-acme.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

describe.each(Object.entries(usualWays))('by %s', (_way, way) => testWay(way))

test('as the first import of the application', async () => {
  const home = copyOfApp('raw.mjs')
  writeFileSync(join(home, 'main.mjs'), "import 'pg-loupe/register'\nimport './raw.mjs'\n")
  const { report } = await profile(join(home, 'main.mjs'), [], {}, home)
  expect(Object.keys(summaryOf(report))).toContain('GET /books')
  expect(report.findings).toHaveLength(2)
})

test("the profiler's own catalog queries are in no trace", async () => {
  const traces = join(temporaryFolder(), 'traces.ndjson')
  const variables = {
    NODE_ENV: 'development',
    PG_LOUPE_UNTRACED: '1',
    PG_LOUPE_OUTPUT: `traces=${traces}`,
    TRACES: traces,
  }
  const { report } = await profile('raw.mjs', IMPORT, variables)
  expect(summaryOf(report)['GET /books']?.queries).toBe(5)
  const recorded = readFileSync(traces, 'utf8')
  expect(recorded).toContain('"bound":')
  expect(recorded).not.toContain('pg_catalog')
})

test('Express 4', async () => {
  const { report } = await profile('express.cjs', IMPORT, { EXPRESS: 'express4' })
  expect(Object.keys(summaryOf(report)).sort()).toEqual(['GET *', 'GET /shelves/:shelf'])
})

test('a copy of pg deep in node_modules, beside the one on top', async () => {
  const home = copyOfApp('copies.cjs')
  const store = join(home, 'node_modules/store')
  for (const name of ['pg', 'pg-pool']) {
    cpSync(join(root, 'node_modules', name), join(store, 'node_modules', name), { recursive: true })
  }
  writeFileSync(join(store, 'index.js'), 'module.exports = require("pg")\n')
  const { report, stdout } = await profile(join(home, 'copies.cjs'), IMPORT, {}, home)
  expect(stdout).toBe('falsefalse')
  const line = lineOf('copies.cjs', '// loop')
  expect(summaryOf(report)).toEqual({
    'GET /top': { queries: 5, loops: [line] },
    'GET /deep': { queries: 5, loops: [line] },
  })
})

test('a pool with a query method of its own, in a workspace package that is linked into node_modules', async () => {
  const home = copyOfApp('copies.cjs')
  mkdirSync(join(home, 'packages/store'), { recursive: true })
  mkdirSync(join(home, 'packages/node_modules'))
  symlinkSync(join(root, 'node_modules/pg'), join(home, 'packages/node_modules/pg'))
  symlinkSync(join(home, 'packages/store'), join(home, 'node_modules/store'))
  const source = [
    'const pg = require("pg")',
    'exports.Pool = class extends pg.Pool {',
    '  query(...args) {',
    '    process.stdout.write("q")',
    '    return super.query(...args)',
    '  }',
    '  async queryLater(...args) {',
    '    await null',
    '    return await this.query(...args) // in the package',
    '  }',
    '}',
  ]
  writeFileSync(join(home, 'packages/store/index.js'), source.join('\n'))
  const { report, stdout } = await profile(join(home, 'copies.cjs'), IMPORT, { METHOD: 'queryLater' }, home)
  expect(stdout).toBe('falseqqqqqfalse')
  const { callSite } = report.findings.find(({ route }) => route === 'GET /deep') ?? {}
  expect(callSite?.slice(0, 2)).toMatchObject([
    { file: 'packages/store/index.js', line: 9 },
    { file: 'copies.cjs', line: lineOf('copies.cjs', '// loop') },
  ])
  expect(report.routes.map(({ name, queries }) => [name, queries.max])).toEqual([
    ['GET /deep', 5],
    ['GET /top', 5],
  ])
})

test('a pg that was loaded before', async () => {
  const args = ['--require', join(root, 'node_modules/pg'), ...IMPORT]
  const { report } = await profile('raw.mjs', args)
  expect(report.findings).toHaveLength(2)
})

test('Drizzle names its lines', () => testDrizzle('drizzle-orm', {}, []))

test('a script, whose queries belong to no request', async () => {
  const { report } = await profile('job.mjs', IMPORT)
  expect(summaryOf(report)).toEqual({
    'outside any trace': { queries: 5, loops: [lineOf('job.mjs', '// loop')] },
  })
})

test('servers of node:https, and requests that ask before they send', async () => {
  const { report } = await profile('secure.mjs', IMPORT)
  expect(summaryOf(report)).toEqual({
    'GET /secure': { queries: 1, loops: [] },
    'POST /careful': { queries: 1, loops: [] },
  })
})

test('an application that profiles itself is traced once', async () => {
  const { report } = await profile('express.mjs', IMPORT)
  expect(summaryOf(report)).toEqual({
    'GET /books/:id': { queries: 5, loops: [lineOf('express.mjs', '// loop')] },
  })
  expect(report.traces).toBe(1)
})

describe('environment variables', () => {
  test('switch it off', async () => {
    const { stderr, written } = await profile('raw.mjs', IMPORT, { PG_LOUPE_ENABLED: '0' })
    expect([stderr, written]).toEqual(['', false])
  })

  test('production leaves it off, unless it is switched on', async () => {
    const off = await profile('raw.mjs', IMPORT, { NODE_ENV: 'production' })
    expect([off.stderr, off.written]).toEqual(['', false])
    const on = await profile('raw.mjs', IMPORT, {
      NODE_ENV: 'production',
      PG_LOUPE_ENABLED: '1',
      PG_LOUPE_CAPTURE: 'full',
    })
    expect(on.report.findings.filter(({ detector }) => detector === 'n-plus-one')).toHaveLength(2)
  })

  test('send the findings to the console, or not', async () => {
    const { stderr } = await profile('raw.mjs', IMPORT, { PG_LOUPE_CONSOLE: 'true' })
    expect(stderr).toContain(`raw.mjs:${lineOf('raw.mjs', '// loop')}`)
    const off = await profile('raw.mjs', IMPORT, { PG_LOUPE_CONSOLE: 'off' })
    expect(off.stderr).toBe('')
  })

  test('say what is application code', async () => {
    const { report, stderr } = await profile('raw.mjs', IMPORT, {
      PG_LOUPE_EXCLUDE: 'register/apps, lib/db',
      PG_LOUPE_CONSOLE: '1',
    })
    expect(report.findings.map(({ callSite }) => callSite)).toEqual([[], []])
    expect(stderr).toContain('no line of the application is known')
    expect(stderr).toContain('application.include (PG_LOUPE_INCLUDE) counts that package as application code')
  })

  describe('count an installed package in', () => {
    const include = { LOAD: 'acme', PG_LOUPE_INCLUDE: 'acme' }
    test.each<[string, Record<string, string>, string]>([
      ['so that its own line is named', include, 'node_modules/acme/index.mjs'],
      ['as the same code beside it always is', { LOAD: './acme.mjs' }, 'acme.mjs'],
    ])('%s', async (_what, variables, file) => {
      const { home, app } = withAcme()
      const { report } = await profile(app, IMPORT, variables, home)
      expect(report.findings).toMatchObject([
        {
          detector: 'n-plus-one',
          callSite: [{ file, line: 2, function: 'load' }, { file: 'installed-loop.mjs' }],
        },
      ])
    })

    test.each<[string, Record<string, string>, string, object | undefined]>([
      ['of the package counted in', include, 'node_modules/acme/index.mjs', { include: ['acme'] }],
      ['of its caller otherwise', { LOAD: 'acme' }, 'installed-loop.mjs', undefined],
    ])('the recorded traces give the same findings, %s', async (_what, variables, file, recorded) => {
      const { home, app } = withAcme()
      const { report } = await profile(
        app,
        IMPORT,
        { ...variables, PG_LOUPE_OUTPUT: 'traces=traces.ndjson' },
        home,
      )
      const trace = JSON.parse(readFileSync(join(home, 'traces.ndjson'), 'utf8'))
      expect(trace.application).toEqual(recorded)
      const args = ['analyze', 'traces.ndjson', '--format', 'json']
      const { findings } = JSON.parse((await runBuilt(args, { cwd: home })).stdout)
      expect(findings).toMatchObject([{ callSite: [{ file }, ...(recorded ? [{}] : [])] }])
      expect(findings).toEqual(report.findings)
    })
  })

  test('record the traces in a file, which the process id may name', async () => {
    const folder = temporaryFolder()
    await profile('raw.mjs', IMPORT, { PG_LOUPE_OUTPUT: `traces=${join(folder, 'traces-{pid}.ndjson')}` })
    const [file = ''] = readdirSync(folder)
    expect(file).toMatch(/^traces-\d+\.ndjson$/)
    const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).name)).toEqual([
      'GET /books',
      'GET /books/at-once',
      'GET /clients/*',
    ])
  })

  test('take every option of a profiler as JSON', async () => {
    const { report } = await profile('raw.mjs', IMPORT, {
      PG_LOUPE_OPTIONS: '{ "detectors": { "n-plus-one": false } }',
    })
    expect(report.findings).toEqual([])
    expect(report.traces).toBe(3)
  })

  test.each([
    [{ PG_LOUPE_ENABLED: 'maybe' }, 'PG_LOUPE_ENABLED=maybe: it takes 1, true, 0 or false'],
    [{ PG_LOUPE_OUTPUT: 'jsn=report.json' }, 'option outputs: there is no format jsn'],
  ])('%j is refused before the application starts', isRefused)

  test('are all on the page, and no others', () => {
    const page = readFileSync(join(root, 'docs/register.md'), 'utf8')
    const code = readFileSync(join(root, 'src/config/read-environment.ts'), 'utf8')
    const documented = [...page.matchAll(/^\| `(PG_LOUPE_\w+)`/gm)].map(([, name]) => name)
    const read = [...code.matchAll(/^ {2}(PG_LOUPE_\w+):/gm)].map(([, name]) => name)
    expect(documented.sort()).toEqual(read.sort())
    expect(read.length).toBeGreaterThan(0)
  })

  test('a name that does not exist is a warning', async () => {
    const { stderr, report } = await profile('raw.mjs', IMPORT, { PG_LOUPE_OUTPUTS: 'x' })
    expect(stderr).toContain('there is no variable PG_LOUPE_OUTPUTS; it is one of PG_LOUPE_ENABLED')
    expect(report.traces).toBe(3)
  })
})

test('a process that never loads pg writes no report and says nothing', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'report.json')
  const env = {
    ...process.env,
    NODE_OPTIONS: IMPORT.join(' '),
    PG_LOUPE_OUTPUT: `json=${file}`,
    NODE_ENV: '',
  }
  const { stderr, stdout } = await run(process.execPath, ['-e', 'console.log(1)'], { cwd: root, env })
  expect([stdout, stderr, existsSync(file)]).toEqual(['1\n', '', false])
})
