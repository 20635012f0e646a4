// Tests detectors that a configuration file names by the paths of their modules.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { runCommand } from '../cli/run-command.ts'
import { folderWith } from './folder-with.ts'

const META = `{ id: 'sleepy', title: 'It sleeps', severity: 'warning', defaults: { minQueries: 1 } }`
const FINDING = `{
  detector: 'sleepy', key: 'sleepy | ' + trace.name, route: trace.name, severity: 'warning', confidence: 'proven',
  title: 'It sleeps', detail: 'It sleeps.', remediation: 'Do not sleep.', callSite: [], occurrenceCount: 1,
  occurrences: [{ trace: trace.id, queries: [0] }], cost: { queries: 0, roundTrips: 0 }, evidence: [],
}`
const DETECTOR = `{ meta: ${META}, detect: (trace, { minQueries }) => trace.queries.length < minQueries ? [] : [${FINDING}] }`
const CONFIG = JSON.stringify({ detectors: { rules: ['./detectors/sleepy.mjs'] } })

const idsIn = (folder: string) =>
  readConfig(undefined, folder).options.detectors?.rules?.map((rule) =>
    typeof rule === 'string' ? rule : rule.meta.id,
  )

test.each([
  ['mjs', `export default ${DETECTOR}`],
  ['cjs', `module.exports = ${DETECTOR}`],
  ['cjs', `exports.__esModule = true; exports.default = ${DETECTOR}`],
  [
    'ts',
    `const detector: unknown = ${DETECTOR.replace('(trace, {', '(trace: any, {').replace('minQueries }) =>', 'minQueries }: any) =>')}\nexport default detector`,
  ],
])('a path leads to a detector relative to the file, in .%s: %s', (extension, content) => {
  const folder = folderWith(undefined, {
    'pg-loupe.config.json': JSON.stringify({ detectors: { rules: [`./detectors/sleepy.${extension}`] } }),
    [`detectors/sleepy.${extension}`]: content,
    'src/x.txt': '',
  })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(import.meta.dirname, '../../node_modules/tsx'), join(folder, 'node_modules/tsx'))
  expect(idsIn(join(folder, 'src'))).toEqual(['sleepy'])
})

test.each([
  ['no module', undefined, /there is neither a file .*sleepy\.mjs nor a package/],
  ['no default export', `export const detector = ${DETECTOR}`, /it has no default export/],
  ['no detector', `export default () => []`, /got a function, but takes a detector with meta/],
  ['a taken id', `export default ${DETECTOR.replace("'sleepy'", "'slow-query'")}`, /slow-query is taken/],
  [
    'the reserved id',
    `export default ${DETECTOR.replace("'sleepy'", "'rules'")}`,
    /another meta.id than rules/,
  ],
])('a path to %s is refused with the file and the option', (_what, content, message) => {
  const folder = folderWith(undefined, {
    'pg-loupe.config.json': CONFIG,
    ...(content === undefined ? {} : { 'detectors/sleepy.mjs': content }),
  })
  const read = () => readConfig(undefined, folder)
  expect(read).toThrow(message)
  expect(read).toThrow(/pg-loupe\.config\.json: option detectors\.rules\.0 got /)
})

const TRACE = JSON.stringify({ v: 1, name: 'GET /sleep', queries: [{ sql: 'select pg_sleep(1)' }] })

test('analyze, report, diff and baseline know the detector of the configuration', async (t) => {
  const folder = folderWith(t, {
    'pg-loupe.config.json': CONFIG,
    'detectors/sleepy.mjs': `export default ${DETECTOR}`,
    'traces.ndjson': TRACE,
  })
  const run = (...args: readonly string[]) => runCommand(args, '', folder)
  const analyzed = await run(
    'analyze',
    'traces.ndjson',
    '--output',
    'json=report.json',
    '--fail-on',
    'warning',
  )
  expect([analyzed.stdout, analyzed.code]).toEqual([expect.stringContaining('sleepy'), 1])
  const off = await run(
    'analyze',
    'traces.ndjson',
    '--set',
    'sleepy.minQueries=2',
    '--output',
    'json=before.json',
  )
  expect([off.stderr, off.stdout.includes('sleepy')]).toEqual(['', false])
  expect(await run('analyze', 'traces.ndjson', '--set', 'sleepy=5')).toMatchObject({ code: 2 })

  expect((await run('report', 'report.json', '--format', 'sarif')).stdout).toContain(
    '"shortDescription": {\n',
  )
  expect((await run('diff', 'before.json', 'report.json')).stdout).toContain('sleepy')
  expect((await run('baseline', 'write', 'report.json')).stdout).toContain('1 finding accepted')
  const gated = await run('report', 'report.json', '--baseline', 'pg-loupe-baseline.json')
  expect(gated.code).toBe(0)
})

test('a detector that fails is told once and makes the command exit with 2', async (t) => {
  const folder = folderWith(t, {
    'pg-loupe.config.json': CONFIG,
    'detectors/sleepy.mjs': `export default { meta: ${META}, detect() { throw new Error('secret') } }`,
    'traces.ndjson': `${TRACE}\n${TRACE}\n`,
  })
  const { stderr, code } = await runCommand(['analyze', 'traces.ndjson'], '', folder)
  expect(stderr.match(/the detector sleepy failed/g)).toHaveLength(1)
  expect(stderr).not.toContain('secret')
  expect(code).toBe(2)
})
