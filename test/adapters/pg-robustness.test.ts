// Pools that are not quite pg's own, and a profiler that fails inside: the application's queries go on all the same.
import pg from 'pg'
import Cursor from 'pg-cursor'
import { afterEach, expect, test, vi } from 'vitest'
import { profileClient, profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { called, recorded } from './recorded.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const pools: pg.Pool[] = []
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())))

class LoggingPool extends pg.Pool {
  override query(...args: unknown[]): never {
    return Reflect.apply(super.query, this, args) as never
  }
}

class RetryingPool extends pg.Pool {
  override async query(...args: unknown[]): Promise<never> {
    await new Promise((resolve) => setImmediate(resolve))
    return Reflect.apply(super.query, this, args) as never
  }
}

class LazyPool extends pg.Pool {
  override async query(text: unknown): Promise<never> {
    const client = await this.connect()
    try {
      return (await client.query(text as string)) as never
    } finally {
      client.release()
    }
  }
}

test.each([
  ['passes on', LoggingPool],
  ['waits first', RetryingPool],
  ['takes a client itself', LazyPool],
])('a pool whose own query method %s: each query once, in its trace', async (_how, Pool) => {
  const pool = profilePool(new Pool({ ...database.config, max: 2 }), profiler)
  pools.push(pool)
  const requests = await Promise.all(
    Array.from({ length: 20 }, async (_, number) => {
      const queries = await recorded(profiler, async () => {
        await pool.query(`select 1 /* ${number} */`)
        await pool.query(`select 2 /* ${number} */`)
      })
      return queries.map(({ sql, rows }) => [sql, rows])
    }),
  )
  expect(requests).toEqual(
    requests.map((_, number) => [
      [`select 1 /* ${number} */`, 1],
      [`select 2 /* ${number} */`, 1],
    ]),
  )
})

test('a client that was profiled alone and then belongs to a pool is seen once', async () => {
  class OwnClient extends pg.Client {
    constructor(config: pg.ClientConfig) {
      super(config)
      profileClient(this, profiler)
    }
  }
  const pool = profilePool(
    new pg.Pool({ ...database.config, max: 1, Client: OwnClient as never } as pg.PoolConfig),
    profiler,
  )
  pools.push(pool)
  const queries = await recorded(profiler, async () => {
    await pool.query('select 1')
    const client = await pool.connect()
    await client.query('select 2')
    client.release()
  })
  expect(queries.map(({ sql }) => sql)).toEqual(['select 1', 'select 2'])
})

test('an error inside the profiler is counted, shown once, and reaches no query', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const broken = createProfiler({ console: 'off', commentTags: true })
  const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), broken)
  pools.push(pool)
  const trace = coreOf(broken).startTrace({ kind: 'job', name: 'broken' })
  const fail = () => {
    throw new Error('planned')
  }
  const use = async () => {
    const client = await pool.connect()
    const cursor = client.query(new Cursor('select 4 as d'))
    const rows = [...(await cursor.read(1))]
    await cursor.close()
    rows.push(...(await client.query('select 5 as e')).rows)
    client.release()
    rows.push(...(await pool.query('select 1 as a')).rows)
    rows.push(...((await called<pg.QueryResult>((done) => pool.query('select 2 as b', done)))?.rows ?? []))
    rows.push(await pool.query('select nope').catch(({ code }) => code))
    return rows
  }
  const expected = [{ d: 4 }, { e: 5 }, { a: 1 }, { b: 2 }, '42703']

  // The function that runs when a query starts.
  const { startQuery } = trace
  trace.startQuery = fail
  expect(await trace.run(use)).toEqual(expected)
  // The function that notes the outcome of a query.
  trace.startQuery = (start) => {
    const recording = startQuery.call(trace, start)
    return recording && { ...recording, sent: fail, finished: fail, failed: fail, received: fail }
  }
  expect(await trace.run(use)).toEqual(expected)
  expect(broken.report().cut.internalErrors).toBeGreaterThan(10)
  expect(warned).toHaveBeenCalledTimes(1)
  trace.close()
  warned.mockRestore()
})

test('a query that cannot be listened to is sent all the same', async () => {
  const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
  pools.push(pool)
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const client = await pool.connect()
  const query = Object.freeze({
    text: 'select 1',
    submit: (connection: { query(text: string): void }) => connection.query('select 1'),
    ...Object.fromEntries(
      ['handleRowDescription', 'handleDataRow', 'handleCommandComplete', 'handleError'].map((name) => [
        name,
        () => {},
      ]),
    ),
    handleReadyForQuery: () => answered(),
    callback: () => {},
  })
  let answered = () => {}
  const answer = new Promise<void>((resolve) => {
    answered = resolve
  })
  const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'frozen' })
  trace.run(() => client.query(query as never))
  await answer
  client.release()
  trace.close()
  warned.mockRestore()
})
