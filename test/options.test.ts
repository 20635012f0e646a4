// Bad options fail when the profiler is made, and the message names the option, what it got and what it takes.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createProfiler, type ProfilerOptions } from '../src/index.ts'

test.each<[string, unknown, string]>([
  [
    'an unknown option',
    { enable: true },
    'there is no option enable; it is one of enabled, context, application, capture, sampleRate, catalog, detectors',
  ],
  ['options that are no object', 7, 'the options got 7, but takes an object with enabled'],
  ['a wrong type', { enabled: 'yes' }, 'option enabled got "yes", but takes true or false'],
  [
    'an unknown detector',
    { detectors: { 'n-plus-two': {} } },
    'no option detectors.n-plus-two; it is one of n-plus-one',
  ],
  [
    'an unknown detector option',
    { detectors: { 'n-plus-one': { least: 2 } } },
    'it is one of minProven, minLikely',
  ],
  ['a number of rows to watch', { watchRows: 16 }, 'option watchRows got 16, but takes true or false'],
  [
    'a threshold of zero',
    { detectors: { 'n-plus-one': { minLikely: 0 } } },
    'got 0, but takes a whole number of at least 1',
  ],
  [
    'half a row',
    { limits: { rowsPerQuery: 0.5 } },
    'option limits.rowsPerQuery got 0.5, but takes a whole number',
  ],
  [
    'a path pattern that is a number',
    { application: { exclude: ['src/db', 7] } },
    'option application.exclude.1 got 7, but takes a part of a path, a RegExp or a function',
  ],
  [
    'an empty path pattern',
    { application: { include: [''] } },
    'option application.include.0 got "", but takes a part of a path',
  ],
  [
    'a listener that is no function',
    { listeners: ['console'] },
    'option listeners.0 got "console", but takes a function',
  ],
  [
    'an unknown level of the console',
    { console: 'quiet' },
    `option console got "quiet", but takes 'requests', 'findings' or 'off'`,
  ],
  [
    'an unknown editor',
    { editor: 'ed' },
    'option editor got "ed", but takes one of vscode, cursor, windsurf, zed, idea, webstorm, or a template',
  ],
  [
    'a suppression without a reason',
    { suppress: [{ detector: 'n-plus-one' }] },
    'option suppress.0.reason got undefined, but takes the reason, in words',
  ],
  [
    'a suppression of everything',
    { suppress: [{ reason: 'legacy' }] },
    'option suppress.0 got {"reason":"…"}, but takes at least one of detector, route, path, fingerprint',
  ],
  [
    'a suppression until a day that does not exist',
    { suppress: [{ route: 'GET /', reason: 'legacy', until: '2026-02-31' }] },
    `option suppress.0.until got "2026-02-31", but takes a day as '2027-01-31'`,
  ],
  [
    'a suppression of an unknown detector',
    { suppress: [{ detector: 'n-plus-two', reason: 'legacy' }] },
    'option suppress.0.detector got "n-plus-two", but takes one of n-plus-one, ',
  ],
  [
    'a context that is no store',
    { context: { get() {} } },
    'option context got {"get":"a function"}, but takes an object with get, run',
  ],
  ['a path that is no text', { outputs: { json: 1 } }, 'option outputs.json got 1, but takes a file path'],
  [
    'one path for two files',
    { outputs: { json: 'a.json', traces: 'a.json' } },
    'option outputs: the file a.json is named by two outputs',
  ],
  ['values that are no yes or no', { recordValues: 1 }, 'option recordValues got 1, but takes true or false'],
])('%s', (_what, options, message) => {
  expect(() => createProfiler(options as ProfilerOptions)).toThrow(TypeError)
  expect(() => createProfiler(options as ProfilerOptions)).toThrow(message)
})

test('every wrong option is named at once', () => {
  const create = () =>
    createProfiler({ enabled: 1, limits: { openTraces: -1 } } as unknown as ProfilerOptions)
  expect(create).toThrow(/option enabled got 1.*\n.*option limits\.openTraces got -1/)
})

test('a report path that cannot be written fails at once', () => {
  const create = () => createProfiler({ outputs: { json: '/no/such/folder/report.json' } })
  expect(create).toThrow('option outputs.json: cannot write /no/such/folder/report.json: ENOENT')
})

test('a folder as the report path fails at once and leaves nothing behind', () => {
  const folder = temporaryFolder()
  expect(() => createProfiler({ outputs: { json: folder } })).toThrow('cannot write')
})

test('the report file is there from the start and says that nothing was seen', () => {
  const report = join(temporaryFolder(), 'report.json')
  createProfiler({ outputs: { json: report } })
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ v: 1, traces: 0, findings: [] })
})

test('a detector that is switched off finds nothing', () => {
  const queries = [1, 2, 3].map((id) => ({ sql: 'select * from t where id = $1', params: [id] }))
  const trace = { v: 1, id: '1', kind: 'job', name: 'j', truncated: 0, queries } as const
  expect(createProfiler().analyze([trace]).findings).toHaveLength(1)
  expect(createProfiler({ detectors: { 'n-plus-one': false } }).analyze([trace]).findings).toEqual([])
  expect(createProfiler({ detectors: { 'n-plus-one': { minLikely: 4 } } }).analyze([trace]).findings).toEqual(
    [],
  )
})

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-options-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a link that lies where the report is written first is not followed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const report = join(folder, 'report.json')
  const target = join(folder, 'target')
  symlinkSync(target, `${report}.${process.pid}.tmp`)
  createProfiler({ outputs: { json: report } })
  expect([existsSync(report), existsSync(target)]).toEqual([true, false])
})
