// How a baseline grows, and all other wrong uses of the gate.
import { test } from 'vitest'
import { BASELINE, failsForWrongUse, MANY_RUNS_MS, makeProject } from './gate-project.ts'

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

test.each<[string[], string]>([
  [['report', 'r.json', '--baseline', 'r.json'], 'r.json is no baseline: it has traces'],
  [['report', 'r.json', '--config', 'none.json'], 'none.json does not exist'],
  [
    ['report', 'r.json', '--config', 'r.json'],
    'r.json: there is no option v; it is one of suppress, detectors, ',
  ],
  [['baseline', 'write'], 'baseline takes either a report file or --traces with trace files'],
  [['baseline', 'write', 'r.json'], 'no query was seen, so there is nothing to accept or to prune'],
  [['baseline', 'write', '--traces', 'r.json'], 'r.json:1: a report, no trace'],
])('wrong use fails with status 2 and says why: %j', failsForWrongUse)
