// The gate, as it is built, over a real program with a real PostgreSQL: a project with N+1s turns it on, gains one, fixes
// one, and moves its lines.
import { existsSync, mkdirSync } from 'node:fs'
import { test } from 'vitest'
import { BASELINE, failsForWrongUse, MANY_RUNS_MS, makeProject, told } from './gate-project.ts'

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

test.concurrent('the configuration says what fails, where the baseline is and what is left out', {
  timeout: MANY_RUNS_MS,
}, async (t) => {
  const { expect } = t
  const { pgLoupe, gate, write, read, at } = makeProject(t)
  mkdirSync(at('ci'))
  const config = (more: object) =>
    write(
      'pg-loupe.config.json',
      JSON.stringify({
        failOn: 'new',
        baseline: 'ci/accepted.json',
        detectors: { 'slow-query': false },
        ...more,
      }),
    )
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

test.each<[string[], string]>([
  [['report', 'r.json', '--fail-on', 'bad'], "option '--fail-on <severity>' argument 'bad' is invalid"],
  [['baseline', 'prune', 'q.json'], `there is no baseline ${BASELINE}; pg-loupe baseline write makes one`],
  [['baseline', 'write', 'none.json'], 'cannot read none.json: '],
])('wrong use fails with status 2 and says why: %j', failsForWrongUse)
