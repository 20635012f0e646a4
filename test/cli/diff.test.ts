// pg-loupe diff, as it is built: what it prints, where, and what its exit code says.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { runBuilt } from './built-command.ts'

/** A loop of so many queries on each route, whose line is somewhere else each time. */
const traces = (routes: Record<string, number>, line: number) =>
  Object.entries(routes)
    .map(([name, count]) =>
      JSON.stringify({
        v: 1,
        name,
        queries: Array.from({ length: count }, (_, id) => ({
          sql: `select * from users where id = ${id}`,
          callSite: [{ file: 'src/users.ts', line, function: 'list' }],
        })),
      }),
    )
    .join('\n')

let base = ''
let head = ''
let better = ''

beforeAll(async () => {
  const folder = temporaryFolder({ onTestFinished: afterAll })
  const analyze = async (name: string, input: string) => {
    const file = join(folder, name)
    const { code } = await runBuilt(['analyze', '-', '--format', 'json', '-o', file], { input })
    expect(code).toBe(0)
    return file
  }
  base = await analyze('base.json', traces({ 'GET /a': 5, 'GET /b': 5, 'GET /c': 5, 'GET /d': 5 }, 10))
  head = await analyze('head.json', traces({ 'GET /a': 5, 'GET /b': 8, 'GET /c': 1, 'GET /e': 5 }, 99))
  better = await analyze('better.json', traces({ 'GET /a': 4, 'GET /b': 1, 'GET /c': 1, 'GET /d': 1 }, 7))
})

test('tells what is new, has grown, is fixed or was not seen, whatever line it is on now', async () => {
  const { stdout, stderr, code } = await runBuilt(['diff', base, head])
  expect(stdout).toMatch(/^1 new, 1 grown, 1 fixed, 1 not seen, 1 as before\n/)
  expect(stdout).toMatch(/New\n {2}in GET \/e\n[\s\S]+Grown\n {2}GET \/b .+5 → 8 queries/)
  expect(stdout).toMatch(/Fixed\n {2}GET \/c .+\n[\s\S]+did not run\n {2}GET \/d /)
  expect(stdout).toMatch(/GET \/e {2}not run → 5/)
  expect([stderr, code]).toEqual(['', 0])
})

test.each([
  ['head with something new', () => head, 1],
  ['head with less', () => better, 0],
  ['the same report', () => base, 0],
])('--fail-on-new against %s', async (_which, file, status) => {
  expect((await runBuilt(['diff', base, file(), '--fail-on-new'])).code).toBe(status)
})

test('prints JSON and Markdown, to standard output and files', async () => {
  const file = join(temporaryFolder(), 'summary.md')
  const { stdout } = await runBuilt(['diff', base, head, '--format', 'json', '-o', `markdown=${file}`])
  expect(JSON.parse(stdout)).toMatchObject({
    v: 1,
    new: [{ route: 'GET /e' }],
    grown: [{ finding: { route: 'GET /b' }, before: 5, after: 8 }],
    fixed: [{ route: 'GET /c' }],
    unseen: [{ route: 'GET /d' }],
  })
  expect(readFileSync(file, 'utf8')).toMatch(/^## pg-loupe: .*1 new/)
})

test('takes one of the reports from a pipe', async () => {
  const { stdout } = await runBuilt(['diff', base, '-', '--format', 'json'], {
    input: readFileSync(head, 'utf8'),
  })
  expect(JSON.parse(stdout).new).toHaveLength(1)
})

describe('it refuses, with one message and status 2,', () => {
  const file = (text: string) => {
    const path = join(temporaryFolder(), 'input.json')
    writeFileSync(path, text)
    return path
  }
  test.each<[string, () => string[], RegExp]>([
    ['a missing file', () => [base, '/no/such.json'], /^pg-loupe: cannot read \/no\/such\.json: .+\n$/],
    ['two pipes', () => ['-', '-'], /^pg-loupe: only one of the reports can come from standard input\n$/],
    [
      'a trace file',
      () => [base, file(traces({ a: 2, b: 2 }, 1))],
      /^pg-loupe: .+ is a trace file, not a report\. Analyze it with: pg-loupe analyze .+\n$/,
    ],
    ['no JSON', () => [base, file('{')], /^pg-loupe: .+input\.json is not JSON: .+\n$/],
    [
      'a report of a version to come',
      () => [base, file(readFileSync(base, 'utf8').replace('"v": 1', '"v": 2'))],
      /^pg-loupe: .+input\.json is no report: v is 2, expected version 1, the only one this pg-loupe reads\n$/,
    ],
    [
      'a format it does not have',
      () => [base, base, '--format', 'sarif'],
      /The format sarif does not render comparisons .* it takes console, json, github, markdown/,
    ],
    [
      'a path it cannot write',
      () => [base, base, '-o', '/dev/null/x'],
      /^pg-loupe: cannot write \/dev\/null\/x: .+\n$/,
    ],
    ['one report', () => [base], /missing required argument 'head'/],
  ])('%s', async (_what, args, message) => {
    const { stdout, stderr, code } = await runBuilt(['diff', ...args()])
    expect(stderr).toMatch(message)
    expect([stdout, code]).toEqual(['', 2])
  })
})
