// `pg-loupe run` over each way to start a test runner or a TypeScript program.
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { LOOP, lineOf, project, run } from './run-recorded.ts'

const root = join(import.meta.dirname, '../..')

describe('it sees the queries of', () => {
  test('Vitest in threads, also of what ended just before a worker is killed', async () => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const words = ['node', vitest, 'run', '--pool', 'threads', '--config', 'vitest.config.mjs']
    const { report, code, stdout } = await run(words)
    expect([code, report.routes.map(({ name }) => name)], stdout).toEqual([
      0,
      ['GET /authors/:id', 'GET /books'],
    ])
    expect(report.findings).toMatchObject([LOOP])
  })

  const vitestTraced = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'vitest-traced.config.mjs',
  ]
  test.each([
    ['Vitest', ['node', ...vitestTraced]],
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
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const { report, code, stdout, stderr } = await run([
      'node',
      vitest,
      'run',
      '--config',
      'vitest-fake-timers.config.mjs',
    ])
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
