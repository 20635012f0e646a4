// However a query ends, it is recorded as such: too slow for one of the time limits, cancelled, cut off with its
// connection, never sent.
import pg from 'pg'
import Cursor from 'pg-cursor'
import { afterEach, expect, test } from 'vitest'
import { profileClient, profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { recorded } from './recorded.ts'

const LONG = 'select pg_sleep(3)'
const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const pools: pg.Pool[] = []
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())))

test('too slow for query_timeout', async () => {
  const pool = profiledPool({ query_timeout: 50 })
  const [query] = await failing(() => pool.query(LONG))
  expect(query).toMatchObject({ sql: LONG, error: 'ETIMEDOUT' })
  expect(query?.durationMs).toBeGreaterThan(40)
  expect(query?.durationMs).toBeLessThan(5000)
})

test('too slow for the query_timeout of its config', async () => {
  const pool = profiledPool()
  const [query] = await failing(() => pool.query({ text: LONG, query_timeout: 50 } as pg.QueryConfig))
  expect(query).toMatchObject({ error: 'ETIMEDOUT' })
})

test('too slow for statement_timeout', async () => {
  const pool = profiledPool({ statement_timeout: 50 })
  const [query] = await failing(() => pool.query(LONG))
  expect(query).toMatchObject({ error: '57014' })
})

test('waited too long for a connection', async () => {
  const pool = profiledPool({ max: 1, connectionTimeoutMillis: 1000 })
  const client = await pool.connect()
  const [query] = await failing(() => pool.query('select 1'))
  client.release()
  expect(query).toMatchObject({ error: 'ETIMEDOUT' })
  expect(query?.connection).toBeUndefined()
  expect(query?.waitMs).toBeGreaterThan(900)
  expect(query?.durationMs).toBeLessThan(100)
})

test('cancelled by somebody else', async () => {
  const pool = profiledPool()
  const [query] = await failing(async () => {
    const client = await pool.connect()
    const { rows } = await client.query('select pg_backend_pid() as pid')
    const running = client.query(LONG).finally(() => client.release())
    await Promise.all([running, onceRunning(pool, rows[0].pid, 'pg_cancel_backend(pid)')])
  }, LONG)
  expect(query).toMatchObject({ error: '57014' })
})

test('cut off with its connection, and what was queued behind it too', async () => {
  const pool = profiledPool()
  pool.on('error', () => {})
  const queries = await recorded(profiler, async () => {
    const client = await pool.connect()
    client.on('error', () => {})
    const { rows } = await client.query('select pg_backend_pid() as pid')
    const running = Promise.allSettled([client.query(LONG), client.query('select 1 as queued')])
    await onceRunning(pool, rows[0].pid, 'pg_terminate_backend(pid)')
    await running
    await client.query('select 1 as late').catch(() => {})
    client.release(true)
  })
  const failed = queries.filter(({ error }) => error)
  expect(failed.map(({ sql, error }) => [sql, error])).toEqual([
    [LONG, '57P01'],
    ['select 1 as queued', 'ECONNRESET'],
    ['select 1 as late', 'ECONNRESET'],
  ])
})

test('refused before it was sent', async () => {
  const pool = profiledPool()
  const queries = await recorded(profiler, async () => {
    await pool.query({ name: 'one', text: 'select 1' })
    await pool.query({ name: 'one', text: 'select 2' }).catch(() => {})
    await pool.query('select $1', 7 as unknown as unknown[]).catch(() => {})
  })
  expect(queries.map(({ sql, error }) => [sql, error])).toEqual([
    ['select 1', undefined],
    ['select 2', 'Error'],
    ['select $1', 'Error'],
  ])
})

test('asked of a pool and of a client that have been ended', async () => {
  const pool = profilePool(new pg.Pool(database.config), profiler)
  const client = profileClient(new pg.Client(database.config), profiler)
  await client.connect()
  await Promise.all([pool.end(), client.end()])
  const queries = await recorded(profiler, () =>
    Promise.allSettled([pool.query('select 1'), client.query('select 2')]),
  )
  expect(queries.map(({ sql, error }) => [sql, error])).toEqual([
    ['select 1', 'ENOTCONN'],
    ['select 2', 'ENOTCONN'],
  ])
})

test('a database that cannot be reached', async () => {
  const pool = profilePool(new pg.Pool({ host: '127.0.0.1', port: 1 }), profiler)
  const [query] = await failing(() => pool.query('select 1'))
  expect(query).toMatchObject({ sql: 'select 1', error: 'ECONNREFUSED' })
  await pool.end()
})

test('a row that the parser of a type refuses', async () => {
  const pool = profiledPool()
  const types = {
    getTypeParser: () => () => {
      throw new RangeError('planned')
    },
  }
  const queries = await recorded(profiler, async () => {
    await pool.query({ text: 'select 1', types } as unknown as pg.QueryConfig).catch(() => {})
    const client = await pool.connect()
    const query = new pg.Query({ text: 'select 2', types } as never)
    await new Promise((resolve) => (client.query(query as never) as pg.Query).on('error', resolve))
    client.release()
  })
  expect(queries.map(({ sql, error }) => [sql, error])).toEqual([
    ['select 1', 'RangeError'],
    ['select 2', 'RangeError'],
  ])
})

test('a cursor that is closed before its end has the rows that were read', async () => {
  const pool = profiledPool()
  const [query] = await recorded(profiler, async () => {
    const client = await pool.connect()
    const cursor = client.query(new Cursor('select generate_series(1, 1000)'))
    await cursor.read(10)
    await cursor.close()
    client.release()
  })
  expect(query).toMatchObject({ rows: 10 })
  expect(query?.durationMs).toBeGreaterThan(0)
})

test('a cursor that is given to pool.query never ends, as in pg, and is recorded as under way', async () => {
  const pool = new pg.Pool({ ...database.config, max: 1 })
  profilePool(pool, profiler)
  const [query, ...more] = await recorded(profiler, async () => {
    void pool.query(new Cursor('select 1') as never)
    const trace = coreOf(profiler).currentTrace()
    while (trace?.queries[0]?.connection === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
    trace.close()
  })
  expect(more).toEqual([])
  expect(query).toMatchObject({ sql: 'select 1', connection: 1 })
  expect(query?.durationMs).toBeUndefined()
  const [client] = (pool as unknown as { _clients: pg.Client[] })._clients
  await client?.end()
})

async function failing(fn: () => Promise<unknown>, sql?: string) {
  const queries = await recorded(profiler, () =>
    fn().then(
      () => expect.unreachable('it must fail'),
      () => {},
    ),
  )
  return sql ? queries.filter((query) => query.sql === sql) : queries
}

/** Calls a function of the server on a session as soon as that is busy with LONG. */
async function onceRunning(pool: pg.Pool, pid: number, call: string): Promise<void> {
  const sql = `select ${call} from pg_stat_activity where pid = $1 and state = 'active' and query = $2`
  while ((await pool.query(sql, [pid, LONG])).rowCount === 0);
}

function profiledPool(options: pg.PoolConfig = {}): pg.Pool {
  const pool = profilePool(new pg.Pool({ ...database.config, max: 2, ...options }), profiler)
  pools.push(pool)
  return pool
}
