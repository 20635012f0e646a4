// Tests every runner in a small real project whose tests are unchanged. Mistakes of the application are reported at their
// lines, the fixed twins and the tests' own loops are not, and one report contains the queries of all workers and sandboxes.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { findingsOf, type Project, type ProjectRun, prepare, runProject } from './run-project.ts'

const VITEST = ['vitest/vitest.mjs', 'run']
const JEST = ['jest/bin/jest.js', '--maxWorkers=2']
const MOCHA = ['mocha/bin/mocha.js']
const NODE_TEST = ['node', '--require', 'pg-loupe/node-test', '--test']
const SANDBOXED_MODULES = { NODE_OPTIONS: '--experimental-vm-modules' }

const PROJECTS: Record<string, Project> = {
  'vitest 4, forks': { project: 'vitest', command: VITEST },
  'vitest 4, threads': { project: 'vitest', command: VITEST, env: { POOL: 'threads' } },
  // The sandboxes of vitest cannot load Express 5, because one of its packages requires an ES module.
  'vitest 4, vmThreads': {
    project: 'vitest',
    command: VITEST,
    env: { POOL: 'vmThreads', FILES: 'test/[!r]*.test.mjs' },
  },
  'vitest 5': { project: 'vitest', command: VITEST, modules: 'vitest-5' },
  'jest 29': { project: 'jest-cjs', command: JEST, modules: 'jest-29' },
  'jest, CommonJS': { project: 'jest-cjs', command: JEST },
  'jest, ES modules': { project: 'jest-esm', command: JEST, env: SANDBOXED_MODULES },
  'jest, in one process': { project: 'jest-cjs', command: ['jest/bin/jest.js', '--runInBand'] },
  'mocha, CommonJS': { project: 'mocha-cjs', command: MOCHA },
  'mocha, ES modules, parallel': { project: 'mocha-esm', command: MOCHA },
  'node:test, CommonJS': { project: 'node-test-cjs', command: NODE_TEST },
  'node:test, ES modules': { project: 'node-test-esm', command: NODE_TEST },
}

const database = await testDatabase()
const home = temporaryFolder({ onTestFinished: afterAll })
beforeAll(async () => {
  mkdirSync(join(home, 'tmp'))
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(readFileSync(join(import.meta.dirname, 'app/schema.sql'), 'utf8'))
  await client.end()
})

describe.each(Object.entries(PROJECTS))('%s', (_name, project) => {
  let folder = ''
  const hasRequests = project.env?.FILES === undefined
  let first: ProjectRun
  const run = (options: object = {}, env: Record<string, string> = {}) =>
    runProject(project, folder, database.url, { options, env: { TMPDIR: join(home, 'tmp'), ...env } })
  beforeAll(async () => {
    folder = prepare(project, home)
    first = await run()
  })

  test('passes the tests as it would without pg-loupe, and ends with a summary', () => {
    expect(first).toMatchObject({ code: 0 })
    const summary = hasRequests ? '2 requests: 3 findings' : '0 requests: 2 findings'
    expect(first.output).toMatch(new RegExp(`^pg-loupe  \\d+ queries in \\d+ tests and ${summary}$`, 'm'))
    expect(first.output).toMatch(/^52 queries outside of tests and requests/m)
  })

  test('reports each mistake at its line, also in the runner’s output, and nothing else', () => {
    const requests = hasRequests
      ? [['n-plus-one', 'GET /books', placeOf(folder, 'app', '// request loop')]]
      : []
    const services = 'test/services.test > services > '
    const expected = [
      ...requests,
      ['n-plus-one', `${services}a loop of the application`, placeOf(folder, 'library', '// service loop')],
      [
        'n-plus-one-write',
        `${services}a loop of the application that writes`,
        placeOf(folder, 'library', '// write loop'),
      ],
    ]
    const found = findingsOf(first).map(({ detector, route, callSite: [frame] }) => [
      detector,
      route.replace(/\.[cm]js/, ''),
      `${frame?.file}:${frame?.line}`.replace(/\.[cm]js/, ''),
    ])
    expect(found).toEqual(expected)
    for (const [, , place = ''] of expected) {
      expect(first.output.replaceAll(/\.[cm]js/g, '')).toContain(`at       ${place}:`)
    }
  })

  test('keeps tests apart under their own names, also concurrent ones', () => {
    const counts = first.traces
      .map(({ kind, name, queries }) => [kind, name, queries.length] as const)
      .filter(([, name]) => /> (?:\d queries|with a callback|is tried again|around)$/.test(name))
    expect(counts.length).toBeGreaterThanOrEqual(3)
    for (const [kind, name, length] of counts) {
      expect([kind, name, length]).toEqual(['test', name, Number(/> (\d) queries$/.exec(name)?.[1] ?? 1)])
    }
  })

  test('finds the same, byte for byte, in a second run', async () => {
    expect(JSON.stringify(findingsOf(await run()))).toBe(JSON.stringify(findingsOf(first)))
  })

  test('fails the run because of a finding only when failOn is set', async () => {
    const { code, output } = await run({ failOn: 'error' })
    expect(code).toBe(1)
    expect(output).toContain(`The run failed for ${hasRequests ? '2 findings' : '1 finding'}:`)
  })

  test('leaves nothing behind in the temporary folder', () => {
    expect(readdirSync(join(home, 'tmp')).filter((name) => name.startsWith('pg-loupe'))).toEqual([])
  })
})

/** This version needs Node.js 22. On 20 it runs tests, but fails when it prints a failed one. */
const canPrintFailures = (name: string) => name !== 'vitest 5' || 'groupBy' in Map
const MATCHERS = [
  ['vitest 4, forks', 'test/matchers.failing.mjs'],
  ['vitest 5', 'test/matchers.failing.mjs'],
  ['jest, CommonJS', '**/matchers.failing.cjs'],
] as const

describe.each(MATCHERS.filter(([name]) => canPrintFailures(name)))('matchers in %s', (name, file) => {
  let result: ProjectRun
  beforeAll(async () => {
    const project = PROJECTS[name] as Project
    const folder = prepare(project, home)
    result = await runProject(project, folder, database.url, { env: { FILES: file } })
  })

  test('fail for a loop at the line of the application, and point at the line of the test', () => {
    const { output, code } = result
    expect(code).toBe(1)
    const ending = file.slice(-3)
    expect(output).toContain('expected no N+1, but found 1 N+1 in 13 queries:')
    expect(output).toMatch(new RegExp(`line +src/library\\.${ending}:\\d+:\\d+ listBooks`))
    expect(output).toMatch(new RegExp(`matchers\\.failing\\.${ending}:\\d+:\\d+`))
    expect(output).toContain('expected at most 2 queries, but there were 13:')
    expect(output).toContain('expected the same number of queries at each size, but it grows')
  })

  test('pass for the fixed twin and for negated expectations', () => {
    for (const title of ['its fix passes', 'a negated loop passes']) {
      expect(result.output).not.toMatch(new RegExp(`(?:FAIL|●).*${title}`))
    }
    expect(result.output).toMatch(/5 failed.*2 passed/)
  })

  test('fail when no query was seen, also with .not', () => {
    expect(
      result.output.match(/toHaveNoNPlusOne saw no query, so it proves nothing/g)?.length,
    ).toBeGreaterThanOrEqual(2)
    expect(result.output).toMatch(/(?:FAIL|●).*> negated silence fails|● negated silence fails/)
  })
})

test('with fake timers of Jest a loop fails, its fix passes, and the run ends', async () => {
  const project = PROJECTS['jest, CommonJS'] as Project
  const folder = prepare(project, home)
  const { output, code } = await runProject(project, folder, database.url, {
    env: { FILES: '**/fake-timers.cjs' },
  })
  expect(code).toBe(1)
  expect(output).toContain('expected no N+1, but found 1 N+1 in 13 queries:')
  expect(output).toMatch(/1 failed, 1 passed/)
})

test('the types of matchers, reporters and hooks are known to their users', () => {
  const folder = prepare({ project: 'types', command: [] }, home)
  const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

describe('errors', () => {
  test.each(['vitest 4, forks', 'jest, CommonJS', 'mocha, ES modules, parallel', 'node:test, ES modules'])(
    '%s: a process that is killed in the middle of its tests leaves the traces it had',
    async (name) => {
      const project = PROJECTS[name] as Project
      const folder = prepare(project, home)
      const ending = readdirSync(join(folder, 'test'))
        .find((file) => file.startsWith('services'))
        ?.slice(-3)
      cpSync(
        join(import.meta.dirname, `projects/killed.${ending}`),
        join(folder, `test/killed.test.${ending}`),
      )
      const { code, report, output } = await runProject(project, folder, database.url)
      expect(code).not.toBe(0)
      const routes = report?.findings
        .map(({ route }) => route)
        .filter((route) => route.includes('killed.test'))
      expect(routes, output).toEqual([`test/killed.test.${ending} > a loop before the end`])
      // The other tests have run as well.
      expect(report?.findings.map(({ route }) => route)).toContain('GET /books')
    },
  )

  test.each(
    Object.entries(PROJECTS).filter(([name]) => !name.includes('threads') && !name.includes('Threads')),
  )('%s: a wrong option is reported by its name, before the first test', async (_name, project) => {
    const folder = prepare(project, home)
    const { code, output, report } = await runProject(project, folder, database.url, {
      options: { failOn: 'fatal' },
    })
    expect(code).not.toBe(0)
    expect(output).toContain('option failOn got "fatal", but takes')
    expect(report).toBeUndefined()
  })
})

/** File and line of a mark. The file has no extension, because that differs between module systems. */
function placeOf(folder: string, name: string, mark: string): string {
  const ending = folder.endsWith('cjs') ? 'cjs' : 'mjs'
  const text = readFileSync(join(folder, `src/${name}.${ending}`), 'utf8')
  return `src/${name}:${text.slice(0, text.indexOf(mark)).split('\n').length}`
}
