// pg-loupe run, as it is built, over real programs with a real PostgreSQL: nothing of it is in them.
import type { ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { builtCommand, runBuilt } from './built-command.ts'
import { LOOP, lineOf, project, run } from './run-recorded.ts'

const root = join(import.meta.dirname, '../..')

describe('it sees the queries of', () => {
  test.each<[string, string[], string[]]>([
    ['a program', ['node', 'main.mjs', '/books'], ['GET /books']],
    [
      'worker threads',
      ['node', 'main.mjs', 'worker:/books', '/authors/5001'],
      ['GET /authors/:id', 'GET /books'],
    ],
    [
      'child processes',
      ['node', 'main.mjs', 'child:/books', '/authors/5001'],
      ['GET /authors/:id', 'GET /books'],
    ],
    [
      'a process that exits in the middle',
      ['node', 'main.mjs', '/books', '/authors/5001', 'exit:0'],
      ['GET /authors/:id', 'GET /books'],
    ],
  ])('%s', async (_what, words, routes) => {
    const { report, code } = await run(words)
    expect(code).toBe(0)
    expect(report.routes.map(({ name }) => name)).toEqual(routes)
    expect(report.findings).toMatchObject([LOOP])
    expect(report.findings[0]?.callSite[0]).toMatchObject({ file: 'app.mjs', line: lineOf('// loop') })
  })

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

  test('Vitest with the set-up of pg-loupe/vitest once, by test and by request', async () => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const { report, code, stdout, stderr } = await run([
      'node',
      vitest,
      'run',
      '--config',
      'vitest-traced.config.mjs',
    ])
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

  test('a program with a profiler of its own: each query and each request once', async () => {
    const { report, code } = await run(['node', 'own-profiler.mjs'])
    expect([code, report.queries]).toEqual([0, 5])
    expect(report.findings.map(({ detector, occurrenceCount }) => [detector, occurrenceCount])).toEqual([
      ['n-plus-one', 1],
    ])
    expect(report.routes.map(({ name, traces }) => [name, traces])).toEqual([['GET /books', 1]])
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

  test('the whole, whatever NODE_OPTIONS and a profiler in the program itself do beside it', async () => {
    const env = { NODE_OPTIONS: `--no-warnings --import pg-loupe/register`, NODE_ENV: 'test' }
    const { report, code } = await run(['node', '-p', 'process.env.NODE_OPTIONS'], { env })
    expect([code, report.traces]).toEqual([0, 0])
    const once = await run(['node', 'main.mjs', '/books'], { env })
    expect([once.report.traces, once.report.queries]).toEqual([1, 5])
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
    [['node', 'main.mjs', '/books', 'exit:7'], 7],
    [['node', 'main.mjs', '/books', 'kill:SIGTERM', 'hang'], 143],
    [['node', 'main.mjs', '/books', 'kill:SIGKILL', 'hang'], 137],
    [['node', '-e', 'throw new Error("x")'], 1],
  ])('%j keeps its exit status, and what it recorded is reported', async (words, status) => {
    const { code, signal } = await run(words)
    expect([code, signal]).toEqual([status, null])
  })

  test('that was killed has left what it recorded', async () => {
    const { report } = await run([
      'node',
      'main.mjs',
      'child:/books',
      '/authors/5001',
      'kill:SIGKILL',
      'hang',
    ])
    expect(report.routes.map(({ name }) => name)).toContain('GET /books')
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

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'gets %s, and may end as it thinks fit',
    async (name) => {
      const started = (child: ChildProcess) =>
        child.stdout?.on('data', (text) => String(text).includes('ready') && child.kill(name))
      const { code, stdout, report } = await run(
        ['node', 'main.mjs', '/books', `handle:${name}`, 'say:ready', 'hang'],
        { started },
      )
      expect([code, stdout]).toEqual([9, `ready\ngot ${name}\n`])
      expect(report.findings).toMatchObject([LOOP])
    },
  )

  test('dies of a signal that it does not handle, and so it is said', async () => {
    const started = (child: ChildProcess) =>
      child.stdout?.on('data', (text) => String(text).includes('ready') && child.kill('SIGTERM'))
    const { code } = await run(['node', 'main.mjs', 'say:ready', 'hang'], { started })
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

  test('leaves nothing behind in the folder for temporary files', async () => {
    const TMPDIR = temporaryFolder()
    await run(['node', 'main.mjs', '/books'], { env: { TMPDIR } })
    await run(['node', 'main.mjs', '/books', 'kill:SIGKILL'], { env: { TMPDIR } })
    expect(readdirSync(TMPDIR)).toEqual([])
  })
})

describe('traces that had not been written when a process ended', () => {
  test('is written when a signal ends it', async () => {
    for (const signal of ['SIGTERM', 'SIGINT']) {
      const { report, code, stderr } = await run(['node', 'main.mjs', '/books', `kill:${signal}`])
      expect(code).toBe(signal === 'SIGTERM' ? 143 : 130)
      expect(report.findings).toMatchObject([LOOP])
      expect(stderr).not.toContain('in no trace')
    }
  })

  test('is counted when a worker thread is terminated', async () => {
    const { report, stderr } = await run(['node', 'terminated.mjs'])
    expect(report.queries).toBe(0)
    expect(stderr).toContain('the queries are unknown. 1 query was seen that is in no trace: ')
    expect(stderr).not.toContain('nothing was sent')
  })

  test('is counted beside what is known of the others', async () => {
    const { report, stderr } = await run(['sh', '-c', 'node terminated.mjs; node main.mjs /books'])
    expect(report.findings).toMatchObject([LOOP])
    expect(stderr).toContain('pg-loupe: 1 query was seen that is in no trace: ')
  })

  test('is nothing where all end by themselves', async () => {
    const { stderr } = await run(['node', 'main.mjs', 'worker:/books', 'child:/books'])
    expect(stderr).not.toContain('in no trace')
  })
})

describe('a run that saw no query says why', () => {
  test.each<[string[], NodeJS.ProcessEnv, string]>([
    [['true'], {}, 'no Node.js process ran'],
    [['node', '-e', '1'], {}, 'none of them loaded pg'],
    [['node', '-e', 'require("pg")'], {}, 'nothing was sent through it'],
    [
      ['node', 'main.mjs', '/books'],
      { NODE_ENV: 'production' },
      'no process was profiled, because NODE_ENV is production',
    ],
    [['node', 'main.mjs', '/books'], { PG_LOUPE_ENABLED: '0' }, 'or PG_LOUPE_ENABLED=0'],
    [['node', 'job.mjs'], { PG_LOUPE_UNTRACED: '0' }, '5 were sent outside of any trace'],
  ])('%j with %j', async (words, env, reason) => {
    const { stderr, stdout, code, report } = await run(words, { env })
    expect(stderr).toContain(`pg-loupe: no query was seen: `)
    expect(stderr).toContain(reason)
    expect([stdout, code, report.queries]).toEqual(['', 0, 0])
  })
})

describe('the results', () => {
  test('are written as traces that give the same findings again', async () => {
    const file = join(temporaryFolder(), 'more/traces.ndjson')
    const { report } = await run(['node', 'main.mjs', '/books', 'child:/books'], {}, [
      '--output',
      `traces=${file}`,
    ])
    const { stdout } = await runBuilt(['analyze', file, '--format', 'json'])
    expect(JSON.parse(stdout).findings).toEqual(report.findings)
  })

  test('are the same, byte by byte, run after run', async () => {
    const words = ['node', '--test', 'books.test.mjs', 'authors.test.mjs']
    const [one, two] = [await run(words), await run(words)].map(({ report }) =>
      JSON.stringify(report.findings),
    )
    expect(two).toBe(one)
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

  test('are shown as a page, with the traces', async () => {
    const page = join(temporaryFolder(), 'report.html')
    await run(['node', 'main.mjs', '/books'], {}, ['-o', `html=${page}`])
    const [, data = ''] = /id="report">(.*?)<\/script>/s.exec(readFileSync(page, 'utf8')) ?? []
    expect(JSON.parse(data).traces).toMatchObject([{ name: 'GET /books' }])
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
