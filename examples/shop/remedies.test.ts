// Each remedy that is printed for a loop of the shop is run with the values of that very loop, and gives the same rows.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { createProfiler, type Finding, type LoopStatement, type Query, type Trace } from 'pg-loupe'
import { fingerprint, statementValues } from 'pg-loupe/sql'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/postgres/test-database.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { runShop } from './demo/running-shop.ts'
import { EVERY_RUN_ALIKE, visits } from './demo/visits.ts'

const database = await testDatabase()
const traces = join(temporaryFolder({ onTestFinished: afterAll }), 'traces.ndjson')
const profiler = createProfiler({
  enabled: true,
  detectors: EVERY_RUN_ALIKE,
  reporters: [],
  artifacts: { traces, values: true },
})
const shop = await runShop(database.url, profiler)
const pool = new pg.Pool(database.config)
afterAll(() => Promise.all([shop.close(), pool.end()]))

// New orders would change the rows that the loops have seen.
for (const { route, requests } of visits) {
  if (route.startsWith('GET')) for (const request of requests) await shop.send(request)
}
await profiler.settled()

const recorded = readFileSync(traces, 'utf8')
  .trim()
  .split('\n')
  .map((line): Trace => JSON.parse(line))
const loops = profiler
  .report()
  .findings.flatMap((finding) =>
    (finding.statements ?? []).map((statement) => ({ ...finding, ...statement })),
  )
  .filter(({ detector, fix }) => detector === 'n-plus-one' && fix)

test('there are remedies to run', () => {
  expect(loops.length).toBeGreaterThan(4)
})

test.each(loops.map((loop) => [`${loop.route}: ${loop.fix}`, loop] as const))('%s', async (_fix, loop) => {
  const { children, parent } = queriesOf(loop)
  const sent = children.map(({ sql, params }) => statementValues(sql, params))
  const varying = (sent[0] ?? []).map((_, slot) => new Set(sent.map((values) => `${values[slot]}`)).size > 1)
  const fixed = (sent[0] ?? []).filter((_, slot) => !varying[slot])
  const values = loop.fix?.includes('parent_row')
    ? [...statementValues(parent.sql, parent.params), ...fixed]
    : (sent[0] ?? []).map((value, slot) => (varying[slot] ? sent.map((all) => all[slot]) : value))

  const before = await Promise.all(
    children.map(
      async ({ sql, params }) => (await pool.query({ text: sql, values: [...(params ?? [])] })).rows,
    ),
  )
  const after = (await pool.query(loop.fix ?? '', values)).rows

  const names = Object.keys(before.flat()[0])
  expect(distinct(after, names)).toEqual(distinct(before.flat(), names))
})

/** Of a trace in which the values come from the statement that the evidence names. */
function queriesOf({ occurrences, evidence, text }: Finding & LoopStatement) {
  const parentText = evidence.find(({ label }) => label === 'rows of')?.text
  const isText = (wanted?: string) => (query: Query | undefined) =>
    fingerprint(query?.sql ?? '').text === wanted
  const shown = occurrences.flatMap(({ trace: id, queries }) => {
    const trace = recorded.find((one) => one.id === id)
    const parent = trace?.queries.find(isText(parentText))
    const children = queries.flatMap((index) => trace?.queries[index] ?? []).filter(isText(text))
    return parent && children.length > 0 ? [{ children, parent }] : []
  })
  return shown[0] ?? expect.fail(`no trace shows ${text}`)
}

function distinct(rows: readonly Record<string, unknown>[], names: readonly string[]): string[] {
  return [...new Set(rows.map((row) => JSON.stringify(names.map((name) => row[name]))))].sort()
}
