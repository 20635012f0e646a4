// `pg-loupe/register` in every way that it can be loaded, with less usual variables, and Drizzle however it was loaded.
import { describe, expect, test } from 'vitest'
import { readCollected } from '../../src/collect/read-collected.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { IMPORT, lineOf, profile, summaryOf } from './profile-application.ts'
import { isRefused, otherWays, testDrizzle, testWay } from './ways.ts'
import { withAcme } from './with-acme.ts'

describe.each(Object.entries(otherWays))('by %s', (_way, way) => testWay(way))

describe.each(['drizzle-orm', 'drizzle-orm-rc'])('%s names its lines', (name) => {
  test.each<[string, Record<string, string>, string[]]>([
    ['as an ES module', {}, []],
    ['as CommonJS', { REQUIRE: '1' }, []],
    ['with stacks that are mapped', {}, ['--enable-source-maps']],
    ['through tsx', {}, ['--import', 'tsx']],
  ])('%s', (_how, env, args) => testDrizzle(name, env, args))
})

test('with TypeScript through tsx beside it', async () => {
  const { report } = await profile('raw.mjs', ['--import', 'tsx', ...IMPORT])
  expect(Object.keys(summaryOf(report))).toContain('GET /books')
  expect(report.findings).toHaveLength(2)
})

test('a copy of pg under another name, of the oldest version that is supported', async () => {
  const { report, stdout } = await profile('copies.cjs', IMPORT, { OTHER_PG: 'pg-oldest' })
  expect(stdout).toBe('falsefalse')
  expect(Object.keys(summaryOf(report)).sort()).toEqual(['GET /deep', 'GET /top'])
  expect(report.findings).toHaveLength(2)
})

test('a script whose queries are not collected, because PG_LOUPE_UNTRACED is 0', async () => {
  const { report } = await profile('job.mjs', IMPORT, { PG_LOUPE_UNTRACED: '0' })
  expect([report.traces, report.queries]).toEqual([0, 0])
})

test('PG_LOUPE_CONSOLE=false is off, and findings prints findings', async () => {
  const quiet = await profile('raw.mjs', IMPORT, { PG_LOUPE_CONSOLE: 'false' })
  expect(quiet.stderr).toBe('')
  const findings = await profile('raw.mjs', IMPORT, { PG_LOUPE_CONSOLE: 'findings' })
  expect(findings.stderr).toContain(`raw.mjs:${lineOf('raw.mjs', '// loop')}`)
})

test.each<[Record<string, string>, string]>([
  [{ PG_LOUPE_OPTIONS: '{' }, 'PG_LOUPE_OPTIONS={: it takes the options of createProfiler as JSON'],
  [
    { PG_LOUPE_OPTIONS: '{"limit":{}}' },
    'PG_LOUPE_OPTIONS={"limit":{}}: there is no option limit; it is one of',
  ],
  [{ PG_LOUPE_OUTPUT: 'json=/no/such/folder/report.json' }, 'the folder /no/such/folder cannot be written'],
  [{ PG_LOUPE_OUTPUT: 'report.json' }, ',report.json: it takes a format and a file'],
])('%j is refused before the application starts', isRefused)

test('a finding in an installed package names the callers of the layer', async () => {
  const { home, app } = withAcme()
  const { report } = await profile(app, IMPORT, { LOAD: 'acme' }, home)
  const line = lineOf('installed-loop.mjs', '// call')
  expect(report.findings).toMatchObject([{ callSite: [{ file: 'installed-loop.mjs', line }] }])
})

test('an installed package is counted in, also where other processes collect', async () => {
  const { home, app } = withAcme()
  const folder = temporaryFolder()
  const include = { LOAD: 'acme', PG_LOUPE_INCLUDE: 'acme' }
  await profile(app, IMPORT, { ...include, PG_LOUPE_COLLECT: folder }, home)
  const { traces } = await readCollected(folder, (problem) => expect.unreachable(problem), home)
  const [frames] = [...traces()].map(({ queries }) => queries.map(({ callSite }) => callSite?.[0]))
  expect(frames).toHaveLength(4)
  expect(new Set(frames?.map((frame) => frame?.file))).toEqual(new Set(['node_modules/acme/index.mjs']))
})
