// Tests assertions in tests that replace clocks and timers, as tests of expiring tokens and retries do.
import pg from 'pg'
import Cursor from 'pg-cursor'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { captureQueries, expectNoFindings, expectNoNPlusOne } from '../../src/testing/index.ts'
import { formatTrace } from '../../src/trace-file/format-trace.ts'
import { traceParser } from '../../src/trace-file/parse-trace.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { failureOf } from './failure-of.ts'
import { openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
beforeAll(() => putBooks(2))
afterAll(() => pool.end())
afterEach(() => void vi.useRealTimers())

const FAKES = {
  'the timers of Vitest': () => vi.useFakeTimers(),
  'a clock that was set to another year': () => vi.useFakeTimers({ now: new Date('2001-02-03') }),
  'only the clock': () => vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 0 }),
}

describe.each(Object.entries(FAKES))('with %s', (_name, useFakes) => {
  test('a loop fails as without fake timers, with the same finding', async () => {
    const real = await captureQueries(authorsOneByOne, profiler)
    useFakes()
    const fake = await captureQueries(authorsOneByOne, profiler)
    const summary = (captured: typeof real) =>
      captured.report.findings.map(({ detector, confidence, evidence, key }) => ({
        detector,
        confidence,
        evidence,
        key,
      }))
    expect(summary(real)).toMatchObject([{ detector: 'n-plus-one', confidence: 'proven' }])
    expect(summary(fake)).toEqual(summary(real))
    expect(String(await failureOf(() => expectNoNPlusOne(authorsOneByOne, profiler)))).toContain('N+1')
  })

  test('its fixed twin passes', async () => {
    useFakes()
    await expectNoNPlusOne(authorsAtOnce, profiler)
    await expectNoFindings(authorsAtOnce, profiler)
  })

  test('two queries without a loop pass', async () => {
    useFakes()
    await expectNoNPlusOne(async () => {
      await pool.query('select name from authors where id = $1', [1001])
      await pool.query('select name from authors where id = $1', [1002])
    }, profiler)
  })

  test('a loop is found when the fakes begin in the middle of it', async () => {
    const captured = await captureQueries(async () => {
      const { rows } = await pool.query('select id, author_id from books order by id')
      useFakes()
      for (const { author_id } of rows) {
        await pool.query('select name from authors where id = $1', [author_id])
      }
    }, profiler)
    expect(captured.report.findings).toMatchObject([{ detector: 'n-plus-one', confidence: 'proven' }])
  })

  test('a trace has times that a trace file accepts', async () => {
    const { traces } = await captureQueries(async () => {
      await pool.query('select 1')
      useFakes()
      await pool.query('select 2')
    }, profiler)
    vi.useRealTimers()
    const [trace] = traces
    const line = [...formatTrace(trace as NonNullable<typeof trace>, undefined)].join('')
    const read = traceParser()(line)
    expect(read.queries).toHaveLength(2)
    expect(Math.abs(Date.parse(String(read.startedAt)) - Date.now())).toBeLessThan(60_000)
  })
})

test('a cursor that stays open does not hang an assertion', async () => {
  const client = await pool.connect()
  try {
    // pg-cursor itself waits for setImmediate.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
    const { count } = await captureQueries(async () => {
      await client.query(new Cursor('select generate_series(1, 1000)')).read(1)
    }, profiler)
    expect(count).toBe(1)
  } finally {
    client.release(true)
  }
})

test('a profiler that is made under fake timers closes its traces', async () => {
  vi.useFakeTimers()
  const { config } = await testDatabase()
  const madeUnderFakes = createProfiler({ console: 'off' })
  const ownPool = profilePool(new pg.Pool(config), madeUnderFakes)
  const closed = new Promise<number>((resolve) => {
    madeUnderFakes.on('report', (_report, { queries }) => resolve(queries.length))
  })
  const trace = coreOf(madeUnderFakes).startTrace({ kind: 'job', name: 'made under fakes' })
  await trace.run(() => ownPool.query('select 1'))
  trace.end()
  expect(await closed).toBe(1)
  await ownPool.end()
})
