// pg-loupe run, as it is built, over real programs with a real PostgreSQL: nothing of it is in them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { builtCommand, NOT_SLOW, runBuilt } from './built-command.ts'
import {
  getsSignal,
  keepsExitStatus,
  killWhenReady,
  saysWhyNothingWasSeen,
  seesBothRoutes,
  writesTraceBefore,
} from './run-cases.ts'
import { LOOP, project, run } from './run-recorded.ts'

const root = join(import.meta.dirname, '../..')

describe('it sees the queries of', () => {
  test.each([
    ['worker threads', ['node', 'main.mjs', 'worker:/books', '/authors/5001']],
    ['child processes', ['node', 'main.mjs', 'child:/books', '/authors/5001']],
  ])('%s', (_what, words) => seesBothRoutes(words))

  const NODE_TEST = ['GET /authors/:id', 'GET /books', 'GET /books/at-once']
  test('node:test, a process for each file', async () => {
    const { report, code, stdout } = await run(['node', '--test', 'books.test.mjs', 'authors.test.mjs'])
    expect([code, report.routes.map(({ name }) => name)]).toEqual([0, NODE_TEST])
    expect(report.findings).toMatchObject([LOOP])
    expect(stdout).toMatch(/pass 2/)
  })

  test('Vitest, also of what ended just before a worker is killed', async () => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const { report, code, stdout } = await run(['node', vitest, 'run', '--config', 'vitest.config.mjs'])
    expect([code, report.routes.map(({ name }) => name)], stdout).toEqual([
      0,
      ['GET /authors/:id', 'GET /books'],
    ])
    expect(report.findings).toMatchObject([LOOP])
  })

  test('a program with a profiler of its own: each query and each request once', async () => {
    const { report, code } = await run(['node', 'own-profiler.mjs'])
    expect([code, report.queries]).toEqual([0, 5])
    expect(report.findings.map(({ detector, occurrenceCount }) => [detector, occurrenceCount])).toEqual([
      ['n-plus-one', 1],
    ])
    expect(report.routes.map(({ name, traces }) => [name, traces])).toEqual([['GET /books', 1]])
  })

  test('a program once, if pg-loupe/register is in NODE_OPTIONS already', async () => {
    const env = { NODE_OPTIONS: `--no-warnings --import pg-loupe/register`, NODE_ENV: 'test' }
    const { report } = await run(['node', 'main.mjs', '/books'], { env })
    expect([report.traces, report.queries]).toEqual([1, 5])
  })
})

describe('the command', () => {
  test('has standard input and output to itself, and the report is on standard error', async () => {
    const { stdout, stderr, code } = await run(['node', 'main.mjs', 'cat', '/books'], { input: 'one\ntwo\n' })
    expect([stdout, code]).toEqual(['one\ntwo\n', 0])
    expect(stderr).toMatch(/^GET \/books {2}5 queries/)
    expect(stderr).toContain('n-plus-one, proven')
  })

  test.each([
    [['node', 'main.mjs', 'exit:7'], 7],
    [['node', 'main.mjs', 'kill:SIGKILL', 'hang'], 137],
  ])('%j keeps its exit status', keepsExitStatus)

  test('that was killed has left what it recorded', async () => {
    const TMPDIR = temporaryFolder()
    const words = ['node', 'main.mjs', 'child:/books', '/authors/5001', 'kill:SIGKILL', 'hang']
    const { report } = await run(words, { env: { TMPDIR } })
    expect(report.routes.map(({ name }) => name)).toContain('GET /books')
    expect(readdirSync(TMPDIR)).toEqual([])
  })

  test.each([
    [['no-such-command'], 127, 'no-such-command could not be started: there is no such command'],
    [['./app.mjs'], 126, './app.mjs could not be started: it is not executable'],
  ])('%j cannot be started: a message and the status of a shell', async (words, status, message) => {
    const { stdout, stderr, code } = await runBuilt(['run', '--', ...words], { cwd: project })
    expect([stdout, stderr, code]).toEqual(['', `pg-loupe: ${message}\n`, status])
  })

  test('gets the words as they are, options and dashes of its own', async () => {
    const words = [
      'node',
      '-p',
      'JSON.stringify(process.argv.slice(1))',
      '--',
      '--format',
      '--',
      '*',
      "it's $HOME",
    ]
    const { stdout } = await run(words)
    expect(JSON.parse(stdout)).toEqual(['--format', '--', '*', "it's $HOME"])
  })

  test('gets SIGTERM, and may end as it thinks fit', () => getsSignal('SIGTERM'))

  test('dies of a signal that it does not handle, and so it is said', async () => {
    const { code } = await run(['node', 'main.mjs', 'say:ready', 'hang'], {
      started: (child) => killWhenReady(child, 'SIGTERM'),
    })
    expect(code).toBe(143)
  })

  test('may itself be a run: both report', async () => {
    const inner = join(temporaryFolder(), 'inner.json')
    const words = [
      'node',
      builtCommand,
      'run',
      '--output',
      `json=${inner}`,
      '--',
      'node',
      'main.mjs',
      '/books',
    ]
    const { report } = await run(words)
    expect([report.traces, report.findings]).toMatchObject([1, [LOOP]])
    expect(JSON.parse(readFileSync(inner, 'utf8')).findings).toEqual(report.findings)
  })
})

describe('traces that had not been written when a process ended', () => {
  test('are written when a signal ends it', () => writesTraceBefore('SIGTERM', 143))

  test('are counted when a worker thread is terminated', async () => {
    const { report, stderr } = await run(['node', 'terminated.mjs'])
    expect(report.queries).toBe(0)
    expect(stderr).toContain('the queries are unknown. 1 query was seen that is in no trace: ')
    expect(stderr).not.toContain('nothing was sent')
  })
})

test.each<[string[], NodeJS.ProcessEnv, string]>([
  [['node', '-e', 'require("pg")'], {}, 'nothing was sent through it'],
  [['node', 'job.mjs'], { PG_LOUPE_UNTRACED: '0' }, '5 were sent outside of any trace'],
])('a run that saw no query says why: %j with %j', saysWhyNothingWasSeen)

describe('the results', () => {
  test('are written as a page and as traces that give the same findings again', async () => {
    const [file, page] = ['more/traces.ndjson', 'report.html'].map((name) => join(temporaryFolder(), name))
    const outputs = ['--output', `traces=${file}`, '--output', `html=${page}`]
    const { report, stderr } = await run(['node', 'main.mjs', '/books', 'child:/books'], {}, outputs)
    const { stdout } = await runBuilt(['analyze', file ?? '', '--format', 'json', ...NOT_SLOW])
    expect(JSON.parse(stdout).findings).toEqual(report.findings)
    expect(stderr).not.toContain('in no trace')
    const [, data = ''] = /id="report">(.*?)<\/script>/s.exec(readFileSync(page ?? '', 'utf8')) ?? []
    // The page has the slowest trace of a route and the one with most queries, which may be the same one.
    expect(JSON.parse(data).traces).toContainEqual(expect.objectContaining({ name: 'GET /books' }))
  })

  test('can be told from what the command prints: --output and --format', async () => {
    const { stdout, stderr } = await run(['node', 'main.mjs', '/books', 'say:done'], {}, [
      '-o',
      '-',
      '--format',
      'json',
    ])
    expect(stdout).toMatch(/^done\n\{/)
    expect(stderr).toBe('')
  })

  test('that cannot be written are told, the others are written, and the status is 2', async () => {
    const { stderr, code, report } = await run(['node', 'main.mjs', '/books'], {}, [
      '--output',
      'traces=/dev/null/traces.ndjson',
      '--output',
      'json=/dev/null/report.json',
    ])
    expect(stderr).toMatch(/pg-loupe: cannot write \/dev\/null\/traces\.ndjson: /)
    expect(stderr).toMatch(/pg-loupe: cannot write \/dev\/null\/report\.json: /)
    expect(stderr).toContain('GET /books')
    expect([code, report.findings.length]).toEqual([2, 1])
    const failed = await run(['node', 'main.mjs', 'exit:3'], {}, [
      '--output',
      'traces=/dev/null/traces.ndjson',
    ])
    expect(failed.code).toBe(3)
  })
})

test.each([
  [[], 'missing required argument'],
  [['--set', 'n-plus-two.x=1', '--', 'node', '-v'], 'there is no --set n-plus-two'],
  [['--colour', '--', 'node', '-v'], "unknown option '--colour'"],
])('pg-loupe run %j fails with status 2 before anything runs', async (args, message) => {
  const { stderr, stdout, code } = await runBuilt(['run', ...args])
  expect(stderr).toContain(message)
  expect([stdout, code]).toEqual(['', 2])
})
