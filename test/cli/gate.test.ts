// The gate, as it is built, over a real program with a real PostgreSQL: a project with N+1s turns it on, gains one, fixes
// one, and moves its lines.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { runBuilt } from './built-command.ts'

const root = join(import.meta.dirname, '../..')
const database = await testDatabase()

beforeAll(() => makeLibrary(database.config, 6))

/** A loop over the books, with its cure. */
interface Route {
  turns?: number
  fixed?: boolean
  /** Around the loop. */
  ignored?: string
}

/** A program with a job for each route, after the given `lines`. */
function program(routes: Readonly<Record<string, Route>>, lines = 0): string {
  const jobs = Object.entries(routes).map(([name, { turns = 4, fixed = false, ignored }]) => {
    const loop = fixed
      ? `await pool.query('select name from authors where id = any($1)', [rows.map((row) => row.author_id)])`
      : `for (const row of rows) await pool.query('select name from authors where id = $1', [row.author_id])`
    const body = ignored ? `await ignore(${JSON.stringify(ignored)}, async () => { ${loop} })` : loop
    return `
await defaultProfiler().trace('${name}', async function ${name}() {
  const { rows } = await pool.query('select author_id from books order by id limit ${turns}')
  ${body}
})`
  })
  return `${'\n'.repeat(lines)}import pg from 'pg'
import { defaultProfiler, ignore } from 'pg-loupe'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
${jobs.join('\n')}
await pool.end()`
}

function makeProject(t: Parameters<typeof temporaryFolder>[0]) {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'node_modules'))
  for (const name of ['pg']) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  symlinkSync(root, join(folder, 'node_modules/pg-loupe'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const at = (name: string) => join(folder, name)
  const pgLoupe = (...args: string[]) =>
    runBuilt(args, { cwd: folder, env: { DATABASE_URL: database.url, NO_COLOR: '1' } })
  return {
    at,
    pgLoupe,
    write: (name: string, content: string) => writeFileSync(at(name), content),
    read: (name: string) => readFileSync(at(name), 'utf8'),
    /** Runs the program with the gate on; `report.json` is what it found. */
    gate: (routes: Readonly<Record<string, Route>>, { lines = 0, args = ['--baseline', BASELINE] } = {}) => {
      writeFileSync(at('app.mjs'), program(routes, lines))
      return pgLoupe('run', '--output', 'json=report.json', ...args, '--', 'node', 'app.mjs')
    },
  }
}

/** Ten programs one after the other, on a busy machine. */
const MANY_RUNS_MS = 120_000
const BASELINE = 'pg-loupe-baseline.json'
const told = (stderr: string) =>
  stderr.split('\n').filter((line) => /^pg-loupe: |^ {2}(new|grown|error|warning) /.test(line))

test.concurrent('a project with N+1s turns the gate on, gains one, fixes one, and moves its lines', {
  timeout: MANY_RUNS_MS,
}, async (t) => {
  const { expect } = t
  const { pgLoupe, gate, read } = makeProject(t)
  const old = { orders: {}, invoices: { turns: 5 } }

  const first = await gate(old, { args: [] })
  expect(first.code, first.stderr).toBe(0)
  const written = await pgLoupe('baseline', 'write', 'report.json')
  expect([written.stdout, written.stderr, written.code]).toEqual([
    `${BASELINE}: 2 findings accepted\n`,
    '',
    0,
  ])
  expect(JSON.parse(read(BASELINE)).findings).toMatchObject([
    { detector: 'n-plus-one', route: 'invoices', at: 'app.mjs invoices', queries: 5 },
    { detector: 'n-plus-one', route: 'orders', at: 'app.mjs orders', queries: 4 },
  ])

  const unchanged = await gate(old)
  expect(unchanged.code).toBe(0)
  expect(told(unchanged.stderr)).toEqual([`pg-loupe: passed; 2 findings accepted by ${BASELINE}`])

  const moved = await gate(old, { lines: 40 })
  expect(moved.code).toBe(0)
  expect(told(moved.stderr)).toEqual([`pg-loupe: passed; 2 findings accepted by ${BASELINE}`])

  const gained = await gate({ ...old, customers: {} })
  expect(gained.code).toBe(1)
  expect(told(gained.stderr)).toEqual([`pg-loupe: failed for 1 finding beyond ${BASELINE}`])
  expect(gained.stderr).toContain(`2 findings are accepted by ${BASELINE}.`)
  expect(gained.stderr.match(/^ {2}in .*$/gm)).toEqual(['  in customers'])
  expect(gained.stderr.match(/^ {2}▲ .*$/gm)).toEqual([
    '  ▲ N+1: 4 queries, one for each row  n-plus-one, proven',
  ])

  const grown = await gate({ orders: { turns: 6 }, invoices: { turns: 5 } })
  expect(grown.code).toBe(1)
  expect(grown.stderr.match(/^ {2}▲ .*$/gm)).toEqual([
    '  ▲ Grown from 4 to 6 queries: N+1: 6 queries, one for each row  n-plus-one, proven',
  ])

  const fixed = await gate({ orders: { fixed: true }, invoices: { turns: 3 } })
  expect(fixed.code).toBe(0)
  expect(told(fixed.stderr)).toEqual([
    `pg-loupe: passed; 1 finding accepted by ${BASELINE}`,
    'pg-loupe: 1 entry of the baseline is fixed: run pg-loupe baseline prune',
    'pg-loupe: 1 entry of the baseline may have more queries than it needs: run pg-loupe baseline prune',
  ])
  const pruned = await pgLoupe('baseline', 'prune', 'report.json')
  expect(pruned.stdout).toBe(`${BASELINE}: 1 finding accepted; 1 fixed and taken out, 1 lowered\n`)

  const back = await gate(old)
  expect(back.code).toBe(1)
  expect(told(back.stderr)).toEqual([`pg-loupe: failed for 2 findings beyond ${BASELINE}`])
  expect(back.stderr.match(/^ {2}▲ .*$/gm)).toHaveLength(2)

  // Where they are printed elsewhere, what fails is listed.
  const elsewhere = await pgLoupe('report', 'report.json', '--baseline', BASELINE, '--output', 'out.txt')
  expect(told(elsewhere.stderr)).toEqual([
    `pg-loupe: failed for 2 findings beyond ${BASELINE}:`,
    expect.stringContaining('  grown  N+1: 5 queries, one for each row, 5 queries where 3 are accepted'),
    expect.stringMatching(
      /^ {2}new {4}N\+1: 4 queries, one for each row {2}n-plus-one, orders at app\.mjs:\d+$/,
    ),
  ])
  expect(read('out.txt')).toContain('Grown from 3 to 5 queries: N+1')
})

test.concurrent('a baseline grows only when that is asked for', { timeout: MANY_RUNS_MS }, async (t) => {
  const { expect } = t
  const { pgLoupe, gate, read } = makeProject(t)
  await gate({ orders: {} }, { args: [] })
  await pgLoupe('baseline', 'write', 'report.json')
  const before = read(BASELINE)
  await gate({ orders: { turns: 6 }, customers: {} })

  const again = await pgLoupe('baseline', 'write', 'report.json')
  expect([again.stderr, again.code]).toEqual([
    `pg-loupe: ${BASELINE} is there already: update or prune it, or replace it with --force\n`,
    2,
  ])
  const update = await pgLoupe('baseline', 'update', 'report.json')
  expect(update.code).toBe(1)
  expect(update.stderr).toContain(`2 findings are not accepted by ${BASELINE}; --allow-growth does it:`)
  expect(update.stderr).toContain('  n-plus-one, orders at app.mjs orders: 6 queries')
  expect(read(BASELINE)).toBe(before)

  const grown = await pgLoupe('baseline', 'update', 'report.json', '--allow-growth')
  expect([grown.stdout, grown.code]).toEqual([`${BASELINE}: 2 findings accepted; 2 added or raised\n`, 0])
  expect((await pgLoupe('report', 'report.json', '--fail-on', 'new')).code).toBe(0)
})

test.concurrent('the configuration says what fails, where the baseline is and what is left out', {
  timeout: MANY_RUNS_MS,
}, async (t) => {
  const { expect } = t
  const { pgLoupe, gate, write, read, at } = makeProject(t)
  mkdirSync(at('ci'))
  const config = (more: object) =>
    write('pg-loupe.config.json', JSON.stringify({ failOn: 'new', baseline: 'ci/accepted.json', ...more }))
  config({ suppress: [{ route: 'legacy', reason: 'goes away', until: '2999-01-01' }] })
  const first = await gate({ orders: {}, legacy: {} }, { args: ['--output', 'traces=t.ndjson'] })
  expect(first.code).toBe(1)
  expect(told(first.stderr)).toEqual([
    'pg-loupe: failed for 1 finding beyond ci/accepted.json',
    'pg-loupe: there is no ci/accepted.json yet: pg-loupe baseline write makes it from the report of such a run',
  ])

  const written = await pgLoupe('baseline', 'write', '--traces', 't.ndjson')
  expect(written.stdout).toBe('ci/accepted.json: 1 finding accepted\n')
  expect(existsSync(at(BASELINE))).toBe(false)

  const passed = await gate({ orders: {}, legacy: {} }, { args: [] })
  expect([passed.code, told(passed.stderr)]).toEqual([
    0,
    ['pg-loupe: passed; 1 finding accepted by ci/accepted.json'],
  ])
  expect(passed.stderr).toContain('1 finding is suppressed, for one reason.')
  expect(JSON.parse(read('report.json'))).toMatchObject({ suppressed: 1, suppressions: [{ state: 'used' }] })

  config({ suppress: [{ route: 'legacy', reason: 'goes away', until: '2020-01-01' }] })
  const expired = await pgLoupe('analyze', 't.ndjson')
  expect([expired.code, told(expired.stderr)[0]]).toEqual([
    1,
    'pg-loupe: failed for 1 finding beyond ci/accepted.json',
  ])
  expect(expired.stdout).toContain('expired  suppress legacy (goes away): was valid until 2020-01-01')
})

test.concurrent('ignored findings do not fail, and unneeded marks are reported', {
  timeout: MANY_RUNS_MS,
}, async (t) => {
  const { expect } = t
  const { gate } = makeProject(t)
  const args = ['--fail-on', 'warning']
  const ignored = await gate({ orders: { ignored: 'four at most' } }, { args })
  expect([ignored.code, told(ignored.stderr)]).toEqual([0, ['pg-loupe: passed']])
  expect(ignored.stderr).toContain('1 finding is suppressed, for one reason.')

  const fixed = await gate({ orders: { ignored: 'four at most', fixed: true } }, { args })
  expect(fixed.code).toBe(0)
  expect(fixed.stderr).toMatch(
    / {2}unused {3}ignore \(four at most\) app\.mjs:\d+:\d+.*: it suppresses nothing/,
  )

  const reported = await gate({ orders: {} }, { args })
  expect(reported.code).toBe(1)
  expect(told(reported.stderr)).toEqual([
    'pg-loupe: failed for 1 finding:',
    expect.stringMatching(
      /^ {2}warning {2}N\+1: 4 queries, one for each row {2}n-plus-one, orders at app\.mjs:\d+$/,
    ),
  ])
})

test.concurrent('the status of a command that fails is kept, and one that sends no query does not pass', {
  timeout: MANY_RUNS_MS,
}, async (t) => {
  const { expect } = t
  const { pgLoupe } = makeProject(t)
  const failed = await pgLoupe('run', '--fail-on', 'error', '--', 'node', '-e', 'process.exit(7)')
  expect(failed.code).toBe(7)
  const empty = await pgLoupe('run', '--fail-on', 'error', '--', 'node', '-e', '0')
  expect(empty.code).toBe(1)
  expect(empty.stderr).toContain('failed: no query was seen, so nothing was judged')
})

describe('wrong use fails with status 2 and says why', () => {
  const REPORT = JSON.stringify({
    v: 1,
    traces: 0,
    queries: 0,
    findings: [],
    routes: [],
    cut: {},
  })
  test.each<[string[], string]>([
    [['report', 'r.json', '--fail-on', 'bad'], "option '--fail-on <severity>' argument 'bad' is invalid"],
    [['baseline', 'prune', 'q.json'], `there is no baseline ${BASELINE}; pg-loupe baseline write makes one`],
    [['report', 'r.json', '--baseline', 'r.json'], 'r.json is no baseline: it has traces'],
    [['report', 'r.json', '--config', 'none.json'], 'none.json does not exist'],
    [
      ['report', 'r.json', '--config', 'r.json'],
      'r.json: there is no option v; it is one of suppress, detectors, ',
    ],
    [['baseline', 'write'], 'baseline takes either a report file or --traces with trace files'],
    [['baseline', 'write', 'none.json'], 'cannot read none.json: '],
    [['baseline', 'write', 'r.json'], 'no query was seen, so there is nothing to accept or to prune'],
    [['baseline', 'write', '--traces', 'r.json'], 'r.json:1: a report, no trace'],
  ])('%j', async (args, message) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'r.json'), REPORT)
    writeFileSync(join(folder, 'q.json'), REPORT.replace('"queries":0', '"queries":1'))
    const { stderr, stdout, code } = await runBuilt(args, { cwd: folder })
    expect(stderr).toContain(message)
    expect([stdout, code]).toEqual(['', 2])
    expect(existsSync(join(folder, BASELINE))).toBe(false)
  })
})
