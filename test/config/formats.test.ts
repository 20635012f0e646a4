// Formats of the user: how a module is named and loaded, which modules are refused, and what a failing format leaves intact.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { findReporter } from '../../src/config/find-reporter.ts'
import { checkOutputs, splitOutput } from '../../src/config/output-files.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import { startTestRun } from '../../src/runners/test-run.ts'
import { runCommand } from '../cli/run-command.ts'
import { finding, reportOf } from '../report-builder.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const TITLES = `export default {
  meta: { name: 'titles' },
  render: (report) => report.findings.map(({ title }) => title + '\\n').join(''),
  renderComparison: (comparison) => 'new: ' + comparison.new.length + '\\n',
}`
const TRACES = `module.exports = {
  meta: { name: 'traces', wantsTraces: true },
  render: (report, options) => 'traces: ' + options.traces.length,
}`
const THROWS = "export default { meta: { name: 'throws' }, render() { throw new Error('no such field') } }"
const PROMISE = "export default { meta: { name: 'promise' }, async render() { return '' } }"

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
  const files = { 'titles.mjs': TITLES, 'traces.cjs': TRACES, 'throws.mjs': THROWS, 'promise.mjs': PROMISE }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, 'report.json'), reporters.json.render(report))
})
const report = reportOf(finding({ title: 'N+1: 4 queries' }))
const written = (name: string) => readFileSync(join(folder, name), 'utf8')
const pgLoupe = (...args: string[]) => runCommand(args, '', folder)

test('every built-in reporter has the name by which it is chosen', () => {
  expect(Object.values(reporters).map(({ meta }) => meta.name)).toEqual(Object.keys(reporters))
})

describe('a module is found', () => {
  test.each(['./titles.mjs', 'titles.mjs'])('by its path %s', (path) => {
    expect(findReporter(path, folder).render(report)).toBe('N+1: 4 queries\n')
  })

  test('when it is TypeScript, where the project has tsx', () => {
    writeFileSync(
      join(folder, 'typed.ts'),
      'export default { meta: { name: "t" as string }, render: () => "" }',
    )
    writeFileSync(join(folder, 'package.json'), '{}')
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
    expect(findReporter('./typed.ts', folder).meta.name).toBe('t')
  })

  test('by the name of a package with a scope', () => {
    symlinkSync(folder, join(folder, 'node_modules'))
    symlinkSync(folder, join(folder, '@acme'))
    expect(findReporter('@acme/titles.mjs', folder).meta.name).toBe('titles')
  })
})

describe('a module is refused', () => {
  test.each([
    ['./none.js', '', 'the format ./none.js cannot be loaded: there is neither a file'],
    ['./bad.mjs', 'throw new Error("own")', 'the format ./bad.mjs cannot be loaded: own'],
    ['./bad.mjs', 'export const x = 1', 'the format ./bad.mjs cannot be loaded: it has no default export'],
    [
      './bad.mjs',
      'export default () => ""',
      'the module ./bad.mjs exports a function; its default export must be',
    ],
    [
      './bad.mjs',
      'export default { meta: { name: 1 }, render() {} }',
      'exports a format whose meta.name is 1',
    ],
    ['./bad.mjs', 'export default { meta: { name: "x" } }', 'exports a format whose render is undefined'],
    [
      './bad.mjs',
      'export default { meta: { name: "x", wantTraces: true }, render() {} }',
      'exports a format whose meta.wantTraces is true',
    ],
    ['yaml', '', 'there is no format yaml; it is one of console, html, json'],
  ])('%s: %s', (format, text, message) => {
    writeFileSync(join(folder, 'bad.mjs'), text)
    expect(() => findReporter(format, folder)).toThrow(message)
  })

  test('at the start of a profiler, a test run and a command, with the name of the option', async () => {
    const outputs = { './none.js': 'out.txt' }
    expect(() => createProfiler({ outputs })).toThrow(
      /^pg-loupe: option outputs: the format \.\/none\.js cannot/,
    )
    expect(() => startTestRun({ outputs })).toThrow(
      /^pg-loupe: option outputs: the format \.\/none\.js cannot/,
    )
    const { stderr, code } = await pgLoupe('report', 'report.json', '--output', './none.js=out.txt')
    expect(stderr).toMatch(/option '-o, --output .*The format \.\/none\.js cannot be loaded/)
    expect(code).toBe(2)
  })

  test('only by a profiler that is on', () => {
    expect(createProfiler({ enabled: false, outputs: { './none.js': 'out.txt' } }).enabled).toBe(false)
  })
})

test.each([
  ['json=a.json', 'json', 'a.json'],
  ['./my.js=a.txt', './my.js', 'a.txt'],
  ['@acme/format=a=b.txt', '@acme/format', 'a=b.txt'],
  ['./a=b.json', undefined, './a=b.json'],
  ['a.json', undefined, 'a.json'],
])('--output %s is the format %s and the file %s', (text, format, file) => {
  expect(splitOutput(text)).toEqual({ format, file })
})

test('one file for two formats is refused', () => {
  expect(() => checkOutputs({ json: 'a', html: 'a' })).toThrow('the file a is named by two outputs')
})

describe('the command', () => {
  test('prints and writes the formats of modules', async () => {
    const ran = await pgLoupe('report', 'report.json', '--format', './titles.mjs', '-o', './titles.mjs=a.txt')
    expect(ran).toEqual({ stdout: 'N+1: 4 queries\n', stderr: '', code: 0 })
    expect(written('a.txt')).toBe('N+1: 4 queries\n')
  })

  test('compares with a format that can, and refuses one that cannot', async () => {
    const compared = await pgLoupe('diff', 'report.json', 'report.json', '--format', './titles.mjs')
    expect(compared.stdout).toBe('new: 0\n')
    const refused = await pgLoupe('diff', 'report.json', 'report.json', '--format', './throws.mjs')
    expect(refused.stderr).toContain('The format ./throws.mjs does not render comparisons')
  })

  test('collects traces for a format that wants them', async () => {
    writeFileSync(
      join(folder, 't.ndjson'),
      '{"v":1,"id":"http GET /orders #1","queries":[{"sql":"select 1"}]}\n',
    )
    const ran = await pgLoupe('report', 'report.json', '--traces', 't.ndjson', '--format', './traces.cjs')
    expect(ran.stdout).toBe('traces: 1')
  })

  test.each([
    ['throws.mjs', 'the format ./throws.mjs failed: no such field'],
    ['promise.mjs', 'the format ./promise.mjs returned an object of class Promise, but must return text'],
  ])('names the failing format %s, writes the other files and exits with 2', async (module, message) => {
    const args = ['-o', `./${module}=a.txt`, '-o', './titles.mjs=b.txt', '-o', 'json=c.json']
    const { stdout, stderr, code } = await pgLoupe('report', 'report.json', ...args)
    expect(stdout).toContain('N+1: 4 queries')
    expect(stderr).toBe(`pg-loupe: ${message}\n`)
    expect(code).toBe(2)
    expect([existsSync(join(folder, 'a.txt')), written('b.txt')]).toEqual([false, 'N+1: 4 queries\n'])
    expect(JSON.parse(written('c.json')).findings).toEqual(report.findings)
  })
})

describe('a running application', () => {
  test('writes every format, with traces for those that want them', async () => {
    const outputs = { json: join(folder, 'a.json'), [join(folder, 'traces.cjs')]: join(folder, 'b.txt') }
    const profiler = createProfiler({ outputs, console: 'off' })
    expect(written('b.txt')).toBe('traces: 0')
    profiler.startTrace({ kind: 'job', name: 'job' }).end()
    await profiler.settled()
    await vi.waitFor(() => expect(written('b.txt')).toBe('traces: 1'), { timeout: 10_000 })
    expect(JSON.parse(written('a.json')).traces).toBe(1)
  })

  test('counts and shows the error of a format, and writes the other files', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const outputs = { [join(folder, 'throws.mjs')]: join(folder, 'a.txt'), json: join(folder, 'b.json') }
    const profiler = createProfiler({ outputs, console: 'off' })
    expect(await profiler.trace('job', () => 1)).toBe(1)
    expect(warned).toHaveBeenCalledTimes(1)
    expect(warned.mock.calls[0]?.[0]).toMatch(/throws\.mjs failed: no such field; its file was not written$/)
    expect(profiler.report().cut.internalErrors).toBe(1)
    expect(JSON.parse(written('b.json')).v).toBe(1)
    warned.mockRestore()
  })

  test('that runs tests names a failing format and writes the others', async () => {
    const outputs = { [join(folder, 'throws.mjs')]: join(folder, 'a.txt'), json: join(folder, 'b.json') }
    const { text } = await startTestRun({ outputs }).finish()
    expect(text).toContain('throws.mjs failed: no such field')
    expect(JSON.parse(written('b.json')).v).toBe(1)
  })
})
