// Tests routes as application developers write them, each labelled with the judgement of a senior reviewer: mistakes are
// reported at their line, with the real origin of their values, and correct routes get no warning and no error.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { readTraces, recordedLoops } from '../remedies/recorded-loops.ts'
import { runRemedies } from '../remedies/run-remedies.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { startApp, visits } from './app.ts'
import { judge } from './judge.ts'
import { judgeFindings } from './judged-fixes.ts'
import { KNOWN_WRONG } from './known-wrong.ts'
import { readMarks } from './marks.ts'

const database = await testDatabase()
const bare = new pg.Client(database.config)
await bare.connect()
await bare.query(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'))

const untouchedDatabase = await testDatabase()
/** As the database was before the first request. */
const untouched = new pg.Client(untouchedDatabase.config)
await untouched.connect()
await untouched.query(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'))

const traces = join(temporaryFolder({ onTestFinished: afterAll }), 'traces.ndjson')
const profiler = createProfiler({
  enabled: true,
  capture: 'full',
  catalog: true,
  // The time that a query takes depends on what else the machine does.
  detectors: { 'slow-query': false },
  console: 'off',
  outputs: { traces },
  recordValues: true,
})
const app = await startApp(new pg.Pool({ ...database.config, max: 6 }), profiler)
afterAll(() => Promise.all([app.close(), bare.end(), untouched.end()]))

const answers = new Map<string, number[]>()
for (const { route, requests, atOnce } of visits) {
  const statuses: number[] = []
  if (atOnce) statuses.push(...(await Promise.all(requests.map((request) => app.send(request)))))
  else for (const request of requests) statuses.push(await app.send(request))
  answers.set(route, statuses)
}
await profiler.settled()

const report = profiler.report()
const marks = readMarks()
const refused = await refusedRemedies()
const wrongs = new Map(visits.map((visit) => [visit.route, judge(visit, report.findings, marks, refused)]))
printTable()

const FAILING = new Set(['GET /structure/fails', 'GET /structure/fails-in-a-loop'])
const right = visits.filter(({ route }) => !(route in KNOWN_WRONG))

test.each(right.filter(({ label }) => label === 'guilty').map((visit) => [visit.route]))(
  '%s is named at its line',
  (route) => {
    expect(wrongs.get(route)).toEqual([])
  },
)

test.each(right.filter(({ label }) => label === 'innocent').map((visit) => [visit.route]))(
  '%s is not accused',
  (route) => {
    expect(wrongs.get(route)).toEqual([])
  },
)

test.each(Object.entries(KNOWN_WRONG))('%s is still wrong: %s', (route) => {
  expect(wrongs.get(route)).not.toEqual([])
})

test('every route answers as it should', () => {
  const unexpected = visits
    .map(({ route }) => [route, answers.get(route)?.find((status) => status >= 400 !== FAILING.has(route))])
    .filter(([, status]) => status !== undefined)
  expect(unexpected).toEqual([])
})

test('every guilty route has marks and a fix that is innocent, and no innocent one has marks', () => {
  const marked = new Set(marks.guilty.map(({ route }) => route))
  const labelled = new Map(visits.map((visit) => [visit.route, visit]))
  expect([...marked].filter((route) => labelled.get(route)?.label !== 'guilty')).toEqual([])
  for (const { route, label, fixedBy } of visits) {
    if (label === 'innocent') continue
    expect(marked).toContain(route)
    expect(labelled.get(fixedBy ?? ''), `${route} is fixed by ${fixedBy}`).toMatchObject({
      label: 'innocent',
    })
  }
  expect(labelled.size).toBe(visits.length)
})

test('nothing went wrong inside, and nothing was sent outside of a request', () => {
  expect(report.cut).toMatchObject({ internalErrors: 0, untraced: 0 })
})

/** The errors of the database for printed remedies that it rejects. */
async function refusedRemedies(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const [i, { fix = '' }] of report.findings.entries()) {
    if (!/^(?:select|insert|update|delete|with) /i.test(fix)) continue
    await bare.query(`prepare remedy_${i} as ${fix}`).catch((error) => found.set(fix, error.message))
  }
  return found
}

test('each remedy leaves the rows, and gives every turn the rows, that its loop did', async () => {
  const verdicts = await runRemedies(recordedLoops(readTraces(traces)), [untouched, bare])
  const wrong = verdicts.filter(({ differences }) => differences.length > 0)
  const failed = verdicts.filter(({ failure, loop }) => failure && !NEEDS_A_SETTING.has(loop.route))
  expect([...wrong, ...failed]).toEqual([])
  expect(verdicts.length).toBeGreaterThan(80)
})

/** The loop of this route runs under a setting of the transaction. */
const NEEDS_A_SETTING = new Set(['GET /structure/tenant-loop'])

/** The fixes of these routes use other tables, or are no fix of this finding but a case in which it does not occur. */
const FIXED_ELSEWHERE = new Set([
  'GET /values/query-string n-plus-one',
  'GET /rows/uuid-array n-plus-one',
  'GET /duplicates/at-once duplicate-query',
  'GET /structure/deep-page deep-offset',
  'GET /structure/loop-at-once n-plus-one',
  'GET /in-between/helper duplicate-query',
  'GET /results/distinct-on unbounded-select',
  'GET /drizzle-rc/find-first n-plus-one',
])

test('the fix of each route is judged to be one, the route itself is not, and nor is one that did less', () => {
  const judged = judgeFindings(visits, readTraces(traces))
  const seen = new Set<string>()
  const wrong = judged.flatMap(({ route, finding, byFix, bySame, byOther }) => {
    const name = `${route} ${finding.detector}`
    const isFixed = finding.severity === 'info' || FIXED_ELSEWHERE.has(name)
    if (byFix.every(({ state }) => state === 'inconclusive')) seen.add(name)
    return [
      ...(isFixed ? [] : byFix.filter(({ state }) => state !== 'fixed')),
      ...bySame.filter(({ state }) => state !== 'still_there'),
      ...Object.entries(byOther).flatMap(([what, judgement]) =>
        judgement.state === 'fixed' ? [{ what, ...judgement }] : [],
      ),
    ].map((judgement) => ({ name, ...judgement }))
  })
  expect(wrong).toEqual([])
  expect([...FIXED_ELSEWHERE].filter((name) => !seen.has(name))).toEqual([])
  expect(judged.length).toBeGreaterThan(130)
})

/** Prints all deviations, for developers who work on them. */
function printTable() {
  for (const { route, label } of visits) {
    for (const wrong of wrongs.get(route) ?? [])
      console.log(`${label.padEnd(8)}  ${route.padEnd(48)}  ${wrong}`)
  }
}
