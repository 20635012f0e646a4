// Time spent waiting for a connection is told apart from time the database took, in every way of waiting; and the order
// of a trace is the order in which the application called.
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { called, recorded } from './recorded.ts'

/** How long the connection is taken, and the least of it that must show: timers and clocks are not exact. */
const TAKEN_MS = 400
const LEAST_MS = 300

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const pools: pg.Pool[] = []
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())))

/** Each sends `select 1` while the only connection is taken. */
const ways: Record<string, (pool: pg.Pool) => Promise<unknown>> = {
  'pool.query': (pool) => pool.query('select 1'),
  'pool.query with a callback': (pool) => called((done) => pool.query('select 1', done)),
  'pool.connect': async (pool) => {
    const client = await pool.connect()
    await client.query('select 1')
    client.release()
  },
  'pool.connect with a callback': (pool) =>
    called((done) =>
      pool.connect((_error, client, release) => {
        void client?.query('select 1', (error) => {
          release()
          done(error)
        })
      }),
    ),
}

test.each(Object.entries(ways))('waits for a connection: %s', async (_way, send) => {
  const pool = profiledPool()
  const holder = await pool.connect()
  setTimeout(() => holder.release(), TAKEN_MS)
  const [query, ...more] = await recorded(profiler, () => send(pool))
  expect(more).toEqual([])
  expect(query?.waitMs).toBeGreaterThan(LEAST_MS)
  expect(query?.durationMs).toBeLessThan(LEAST_MS)
  expectNow(query)
})

test('the wait of pool.connect is that of the first query only', async () => {
  const pool = profiledPool()
  const holder = await pool.connect()
  setTimeout(() => holder.release(), TAKEN_MS)
  const [first, second] = await recorded(profiler, async () => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('commit')
    client.release()
  })
  expect(first?.waitMs).toBeGreaterThan(LEAST_MS)
  expect(second?.waitMs).toBeLessThan(LEAST_MS)
})

test('the time between pool.connect and the first query is no wait', async () => {
  const pool = profiledPool()
  const [query] = await recorded(profiler, async () => {
    const client = await pool.connect()
    await new Promise((resolve) => setTimeout(resolve, TAKEN_MS))
    await client.query('select 1')
    client.release()
  })
  expect(query?.waitMs).toBeLessThan(LEAST_MS)
  expectNow(query)
})

test('a client taken outside of the trace brings no wait into it', async () => {
  const pool = profiledPool()
  const holder = await pool.connect()
  setTimeout(() => holder.release(), TAKEN_MS)
  const client = await pool.connect()
  const [query] = await recorded(profiler, () => client.query('select 1'))
  client.release()
  expect(query?.waitMs).toBeLessThan(LEAST_MS)
  expect(query?.startMs).toBeGreaterThanOrEqual(0)
})

test('queries queued on one client wait for each other, and each takes its own time', async () => {
  const pool = profiledPool()
  const [slow, quick] = await recorded(profiler, async () => {
    const client = await pool.connect()
    await Promise.all([client.query(`select pg_sleep(${TAKEN_MS / 1000})`), client.query('select 1')])
    client.release()
  })
  expect(slow?.durationMs).toBeGreaterThan(LEAST_MS)
  expect(quick?.waitMs).toBeGreaterThan(LEAST_MS)
  expect(quick?.durationMs).toBeLessThan(LEAST_MS)
})

test('queries are in the order of their calls, whichever got a connection or an answer first', async () => {
  const pool = profiledPool({ max: 2 })
  const queries = await recorded(profiler, () =>
    Promise.all(['0.05', '0', '0.02'].map((seconds) => pool.query(`select pg_sleep(${seconds})`))),
  )
  expect(queries.map(({ sql }) => sql)).toEqual([
    'select pg_sleep(0.05)',
    'select pg_sleep(0)',
    'select pg_sleep(0.02)',
  ])
})

function profiledPool(options: pg.PoolConfig = {}): pg.Pool {
  const pool = profilePool(new pg.Pool({ ...database.config, max: 1, ...options }), profiler)
  pools.push(pool)
  return pool
}

/** Start, wait and execution follow each other without a gap and end in the past. */
function expectNow(
  { startMs = 0, waitMs = 0, durationMs = 0, calledMs }: RecordedQuery = {} as RecordedQuery,
) {
  expect(calledMs).toBeLessThanOrEqual(startMs + waitMs + durationMs)
  expect(calledMs).toBeGreaterThanOrEqual(startMs)
}
