// `pg-loupe run` over each way to start a program and each way in which it ends.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import {
  getsSignal,
  keepsExitStatus,
  saysWhyNothingWasSeen,
  seesBothRoutes,
  writesTraceBefore,
} from './run-cases.ts'
import { LOOP, lineOf, project, run } from './run-recorded.ts'

const root = join(import.meta.dirname, '../..')
const VITEST = join(root, 'node_modules/vitest/vitest.mjs')
const vitest = (config: string, ...options: string[]) => [
  'node',
  VITEST,
  'run',
  ...options,
  '--config',
  config,
]

describe('it sees the queries of', () => {
  test('a process that exits in the middle', () =>
    seesBothRoutes(['node', 'main.mjs', '/books', '/authors/5001', 'exit:0']))

  test('processes that nothing is recorded of, beside others', async () => {
    const { report, stderr } = await run(['sh', '-c', 'node terminated.mjs; node main.mjs /books'])
    expect(report.findings).toMatchObject([LOOP])
    expect(stderr).toContain('pg-loupe: 1 query was seen that is in no trace: ')
  })

  test('no process twice, and gives the command all of its NODE_OPTIONS', async () => {
    const env = { NODE_OPTIONS: `--no-warnings --import pg-loupe/register`, NODE_ENV: 'test' }
    const { report, code, stdout } = await run(['node', '-p', 'process.env.NODE_OPTIONS'], { env })
    expect([code, report.traces]).toEqual([0, 0])
    expect(stdout).toContain(env.NODE_OPTIONS)
  })

  test('Vitest with the set-up of pg-loupe/vitest once, by test and by request', async () => {
    const { report, code, stdout, stderr } = await run(vitest('vitest-traced.config.mjs'))
    expect(code, stdout).toBe(0)
    expect(report.routes.map(({ name, traces, queries }) => [name, traces, queries.max])).toEqual([
      ['authors.spec.mjs > authors', 1, 0],
      ['books.spec.mjs > books', 1, 0],
      ['GET /authors/:id', 1, 1],
      ['GET /books', 1, 5],
    ])
    expect(report.findings).toMatchObject([LOOP])
    expect(stdout + stderr).not.toMatch(/pg-loupe {2}\d+ queries/)
  })

  test('a test script of npm, in TypeScript through tsx, in a folder whose name needs quotes', async () => {
    const home = join(temporaryFolder(), `it's a "folder" of 100 %`)
    mkdirSync(home)
    symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'))
    for (const name of ['app.mjs', 'main.mjs']) cpSync(join(project, name), join(home, name))
    writeFileSync(
      join(home, 'main.ts'),
      "const path: string = '/books'\nprocess.argv.push(path)\nawait import('./main.mjs')\n",
    )
    writeFileSync(join(home, 'package.json'), '{ "type": "module", "scripts": { "test": "tsx main.ts" } }')
    const { report, code } = await run(['npm', 'test', '--silent'], { cwd: home })
    expect([code, report.routes.length, report.traces]).toEqual([0, 1, 1])
    expect(report.findings).toMatchObject([LOOP])
  })

  test('Vitest in threads, also of what ended just before a worker is killed', async () => {
    const { report, code, stdout } = await run(vitest('vitest.config.mjs', '--pool', 'threads'))
    expect([code, report.routes.map(({ name }) => name)], stdout).toEqual([
      0,
      ['GET /authors/:id', 'GET /books'],
    ])
    expect(report.findings).toMatchObject([LOOP])
  })

  test.each([
    ['Vitest', vitest('vitest-traced.config.mjs')],
    ['node:test', ['node', '--require', 'pg-loupe/node-test', '--test', 'books.test.mjs']],
  ])('%s with its set-up file: variables set options, as without the file', async (_runner, words) => {
    const traces = join(temporaryFolder(), 'traces.ndjson')
    const catalog = { PG_LOUPE_OPTIONS: '{"catalog":true}' }
    const { code, stdout, stderr } = await run(words, { env: catalog }, ['--output', `traces=${traces}`])
    expect(code, stdout + stderr).toBe(0)
    expect(readFileSync(traces, 'utf8')).toContain('"bound":')
    await run(words, {}, ['--output', `traces=${traces}`])
    expect(readFileSync(traces, 'utf8')).not.toContain('"bound":')
  })

  test('Vitest with fake timers: times are right, and a loop is found', async () => {
    const { report, code, stdout, stderr } = await run(vitest('vitest-fake-timers.config.mjs'))
    expect([code, stderr], stdout).toEqual([0, expect.not.stringContaining('not a trace')])
    expect(report.routes.map(({ name, traces }) => [name, traces])).toEqual([
      ['GET /authors/:id', 2],
      ['GET /books', 1],
    ])
    expect(report.findings).toMatchObject([LOOP])
  })

  test.each([
    ['--import', 'tsx'],
    ['--require', 'tsx/cjs'],
    ['--require', './require-hook.cjs'],
  ])('a TypeScript program that is started with %s %s', async (...options) => {
    const home = temporaryFolder()
    symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'))
    writeFileSync(
      join(home, 'require-hook.cjs'),
      "require('node:module')._extensions['.ts'] = require('node:module')._extensions['.js']\n",
    )
    const program = readFileSync(join(project, 'app.mjs'), 'utf8')
      .replaceAll(/import (\w+) from ('\w+')/g, 'const $1 = require($2)')
      .replaceAll(/^export /gm, '')
    writeFileSync(join(home, 'main.ts'), `${program}ask('/books').then(() => pool.end())\n`)
    const { report, code, stderr } = await run(['node', ...options, 'main.ts'], { cwd: home })
    expect(code, stderr).toBe(0)
    expect(report.findings).toMatchObject([
      { ...LOOP, callSite: [{ file: 'main.ts', line: lineOf('// loop') }] },
    ])
  })
})

test.each([
  [['node', 'main.mjs', '/books', 'exit:7'], 7],
  [['node', 'main.mjs', '/books', 'kill:SIGTERM', 'hang'], 143],
  [['node', 'main.mjs', '/books', 'kill:SIGKILL', 'hang'], 137],
  [['node', '-e', 'throw new Error("x")'], 1],
])('%j keeps its exit status', keepsExitStatus)

test.each(['SIGINT', 'SIGHUP'] as const)('the command gets %s, and may end as it thinks fit', getsSignal)

test('a trace that had not been written is written when SIGINT ends the command', () =>
  writesTraceBefore('SIGINT', 130))

test.each<[string[], NodeJS.ProcessEnv, string]>([
  [['true'], {}, 'no Node.js process ran'],
  [['node', '-e', '1'], {}, 'none of them loaded pg'],
  [
    ['node', 'main.mjs', '/books'],
    { NODE_ENV: 'production' },
    'no process was profiled, because NODE_ENV is production',
  ],
  [['node', 'main.mjs', '/books'], { PG_LOUPE_ENABLED: '0' }, 'or PG_LOUPE_ENABLED=0'],
])('a run that saw no query says why: %j with %j', saysWhyNothingWasSeen)

test('all queries are in traces if all processes end by themselves', async () => {
  const { stderr } = await run(['node', 'main.mjs', 'worker:/books', 'child:/books'])
  expect(stderr).not.toContain('in no trace')
})

test('nothing is left behind in the folder for temporary files', async () => {
  const TMPDIR = temporaryFolder()
  await run(['node', 'main.mjs', '/books'], { env: { TMPDIR } })
  await run(['node', 'main.mjs', '/books', 'kill:SIGKILL'], { env: { TMPDIR } })
  expect(readdirSync(TMPDIR)).toEqual([])
})

test('the results are the same, byte by byte, run after run', async () => {
  const words = ['node', '--test', 'books.test.mjs', 'authors.test.mjs']
  const [one, two] = [await run(words), await run(words)].map(({ report }) => JSON.stringify(report.findings))
  expect(two).toBe(one)
})
