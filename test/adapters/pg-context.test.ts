// Which trace a query belongs to, under a contended pool. The statement carries its request's id in its text, and it is
// the recorded trace that is compared: what the continuation sees proves nothing.
import pg from 'pg'
import Cursor from 'pg-cursor'
import { afterAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, type Profiler } from '../../src/profiler.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import { testDatabase } from '../postgres/test-database.ts'

const REQUESTS = 50
const database = await testDatabase()
const pools: pg.Pool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

/** Sends one query with the text it is given, and resolves when it has been answered. */
type Send = (sql: string) => Promise<unknown>
type Scenario = (pool: pg.Pool) => Send

const scenarios: Record<string, Scenario> = {
  'await pool.query(text)': (pool) => (sql) => pool.query(sql),
  'await pool.query(text, values)': (pool) => (sql) => pool.query(`${sql} + $1`, [1]),
  'await pool.query(config)': (pool) => (text) => pool.query({ text, rowMode: 'array' }),
  'await pool.query(named statement)': (pool) => (text) => pool.query({ text, name: text }),
  'pool.query(text, callback)': (pool) => (sql) => called((done) => pool.query(sql, done)),
  'pool.query(text, values, callback)': (pool) => (sql) =>
    called((done) => pool.query(`${sql} + $1`, [1], done)),
  'pool.query(config, callback)': (pool) => (text) => called((done) => pool.query({ text }, done)),
  'await pool.connect, await client.query': (pool) => async (sql) => {
    const client = await pool.connect()
    try {
      await client.query(sql)
    } finally {
      client.release()
    }
  },
  'await pool.connect, client.query(callback)': (pool) => async (sql) => {
    const client = await pool.connect()
    await called((done) => client.query(sql, done))
    client.release()
  },
  'await pool.connect, client.query({ callback })': (pool) => async (text) => {
    const client = await pool.connect()
    await called((callback) => client.query({ text, callback } as unknown as string))
    client.release()
  },
  'pool.connect(callback), client.query(callback)': (pool) => (sql) =>
    called((done) =>
      pool.connect((_error, client, release) => {
        client?.query(sql, (error, result) => {
          release()
          done(error, result)
        })
      }),
    ),
  'new pg.Query': (pool) => async (sql) => {
    const client = await pool.connect()
    const query = client.query(new pg.Query(sql))
    await new Promise((resolve, reject) => query.on('end', resolve).on('error', reject))
    client.release()
  },
  'pg-cursor': (pool) => async (sql) => {
    const client = await pool.connect()
    const cursor = client.query(new Cursor(sql))
    await cursor.read(10)
    await cursor.close()
    client.release()
  },
  'a failing query': (pool) => (sql) => pool.query(`${sql} from nowhere`).catch(() => {}),
}

describe.each([
  ['a pool of two', { max: 2 }],
  ['a new connection for each use', { max: 2, maxUses: 1 }],
])('50 concurrent requests over %s', (_name, options) => {
  test.each(Object.entries(scenarios))('%s', async (_form, scenario) => {
    const { profiler, pool } = profiledPool(options)
    const send = scenario(pool)
    const traces = await requests(profiler, async (id) => {
      await send(`select 1 /* ${id} first */`)
      await pause()
      await send(`select 1 /* ${id} second */`)
      await Promise.all([send(`select 1 /* ${id} third */`), send(`select 1 /* ${id} fourth */`)])
    })

    for (const { name, queries } of traces) {
      const marks = queries.map(({ sql }) => /\/\* (.+) \*\//.exec(sql)?.[1])
      // A client that is awaited first starts its query when it has been handed out, in the order the pool likes.
      expect([...marks.slice(0, 2), ...marks.slice(2).sort()]).toEqual(
        ['first', 'second', 'fourth', 'third'].map((word) => `${name} ${word}`),
      )
    }
  })
})

test('queries of one request stand in the order they started, whichever is answered first', async () => {
  const { profiler, pool } = profiledPool({ max: 2 })
  const [trace] = await requests(
    profiler,
    () => Promise.all(['0.05', '0', '0.02'].map((seconds) => pool.query(`select pg_sleep(${seconds})`))),
    1,
  )
  expect(trace?.queries.map(({ sql }) => sql)).toEqual([
    'select pg_sleep(0.05)',
    'select pg_sleep(0)',
    'select pg_sleep(0.02)',
  ])
})

test('callbacks run in the trace of the request that passed them', async () => {
  const { profiler, pool } = profiledPool({ max: 2 })
  const wrong: string[] = []
  await requests(profiler, async (id) => {
    const check = () => {
      const found = profiler.currentTrace()?.name
      if (found !== id) wrong.push(`${id} became ${found}`)
    }
    await called((done) =>
      pool.query('select 1', (error, result) => {
        check()
        done(error, result)
      }),
    )
    await called((done) =>
      pool.connect((_error, client, release) => {
        check()
        void client?.query('select 1', (error, result) => {
          check()
          release()
          done(error, result)
        })
      }),
    )
  })
  expect(wrong).toEqual([])
})

test('a query outside any trace is counted, not recorded', async () => {
  const { profiler, pool } = profiledPool({ max: 1 })
  await pool.query('select 1')
  expect(profiler.report()).toMatchObject({ queries: 0, cut: { untraced: 1 } })
})

function profiledPool(options: pg.PoolConfig) {
  const profiler = createProfiler({ reporters: [] })
  const pool = profilePool(new pg.Pool({ ...database.config, ...options }), profiler)
  pools.push(pool)
  return { profiler, pool }
}

async function requests(
  profiler: Profiler,
  serve: (id: string) => Promise<unknown>,
  count = REQUESTS,
): Promise<LiveTrace[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const id = `request-${number}`
      const trace = profiler.startTrace({ kind: 'http', name: id })
      await profiler.context.run(trace, () => serve(id))
      trace.end()
      await trace.settled()
      return trace
    }),
  )
}

function called(call: (done: (error?: unknown, result?: unknown) => void) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result)))
  })
}

function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
