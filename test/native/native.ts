// pg.native: each query is seen once, in its trace, with what libpq tells. There are no bytes and no columns of tables,
// because pg.native has no messages to read them from, and then nothing is said about them.
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { profileClient, profilePool, unprofilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { called, recorded } from '../adapters/recorded.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const { native } = pg
if (!native) throw new Error('pg-native is not installed')
const config = { connectionString: database.url }
const pool = profilePool(new native.Pool({ ...config, max: 2 }), profiler)
afterAll(() => pool.end())

const SELECT = 'select n as id from generate_series(1, 5) n'
const forms: Record<string, () => Promise<unknown>> = {
  'pool.query(text)': () => pool.query(SELECT),
  'pool.query(text, values)': () => pool.query(SELECT.replace('5', '$1'), [5]),
  'pool.query(text, callback)': () => called((done) => pool.query(SELECT, done)),
  'pool.query({ name })': () => pool.query({ name: 'native', text: SELECT }),
  'pool.query({ rowMode })': () => pool.query({ text: SELECT, rowMode: 'array' }),
  'client.query(text)': () => onClient((client) => client.query(SELECT)),
  'client.query(text, callback)': () => onClient((client) => called((done) => client.query(SELECT, done))),
  'client.query({ callback })': () =>
    onClient((client) => called((callback) => client.query({ text: SELECT, callback } as never))),
  'new Query, events': () =>
    onClient((client) => {
      const query = client.query(new native.Query(SELECT) as never) as unknown as NodeJS.EventEmitter
      query.on('row', () => {})
      return new Promise((resolve) => query.once('end', resolve))
    }),
  'new Query, callback': () =>
    onClient((client) =>
      called((done) => (client.query as (...args: unknown[]) => void)(new native.Query(SELECT), done)),
    ),
}

test.each(Object.entries(forms))('sees once: %s', async (_form, send) => {
  const [query, ...more] = await recorded(profiler, send)
  expect(more).toEqual([])
  expect(query).toMatchObject({ rows: 5, connection: 1 })
  expect(query?.sql.replace('$1', '5')).toBe(SELECT)
  expect(query?.columns.every((column) => column.name === 'id' && !column.tableId)).toBe(true)
  expect(query?.bytes).toBeUndefined()
  expect(query?.durationMs).toBeGreaterThan(0)
})

test('says what a query failed with', async () => {
  const queries = await recorded(profiler, async () => {
    await pool.query('select nope').catch(() => {})
    await onClient(
      (client) =>
        new Promise((resolve) => {
          const query = client.query(
            new native.Query('select nope') as never,
          ) as unknown as NodeJS.EventEmitter
          query.once('error', resolve)
        }),
    )
  })
  expect(queries.map(({ error }) => error)).toEqual(['42703', '42703'])
})

test('knows transactions by the names of the commands', async () => {
  const sent = [
    'begin',
    'savepoint a',
    'rollback to a',
    'commit',
    'select 1',
    'begin; select 1',
    'commit and chain',
    'rollback',
  ]
  const queries = await recorded(profiler, () =>
    onClient(async (client) => {
      for (const sql of sent) await client.query(sql)
    }),
  )
  expect(queries.map(({ transaction }) => transaction)).toEqual([1, 1, 1, 1, undefined, 2, 2, 3])
})

test('tells queued queries apart, and pipelined ones', async () => {
  const pipelined = profilePool(
    new native.Pool({ ...config, max: 1, pipeline: true } as pg.PoolConfig),
    profiler,
  )
  for (const [one, name] of [
    [pool, 'queued'],
    [pipelined, 'pipelined'],
  ] as const) {
    const queries = await recorded(profiler, async () => {
      const client = await one.connect()
      await Promise.all([1, 2, 3].map((n) => client.query(`select * from generate_series(1, ${n})`)))
      client.release()
    })
    expect([name, queries.map(({ rows }) => rows)]).toEqual([name, [1, 2, 3]])
  }
  await pipelined.end()
})

test('50 concurrent requests keep their queries', async () => {
  const requests = await Promise.all(
    Array.from({ length: 50 }, async (_, number) => {
      const queries = await recorded(profiler, async () => {
        await pool.query(`select 1 /* ${number} */`)
        await called((done) => pool.query(`select 2 /* ${number} */`, done))
        await onClient((client) => client.query(`select 3 /* ${number} */`))
      })
      return queries.map(({ sql }) => sql)
    }),
  )
  expect(requests).toEqual(requests.map((_, number) => [1, 2, 3].map((n) => `select ${n} /* ${number} */`)))
})

describe("the application's view", () => {
  const bare = new native.Pool({ ...config, max: 1 })
  afterAll(() => bare.end())

  test('is the same', async () => {
    const see = async (pool: pg.Pool) => [
      plain(await pool.query('select 1 as a')),
      plain(await pool.query('select 1 as a; select 2 as b')),
      await pool.query('select nope').catch(({ message, code }) => ({ message, code })),
    ]
    expect(await profiler.trace('see', () => see(pool))).toEqual(await see(bare))
  })

  test('is the same of a client, which can be profiled alone', async () => {
    const client = profileClient(new native.Client(config), profiler)
    await client.connect()
    const queries = await recorded(profiler, () => client.query('select 1 as a'))
    expect(queries).toHaveLength(1)
    await client.end()
  })

  test('has nothing left of it when it is undone', async () => {
    const other = profilePool(new native.Pool({ ...config, max: 1 }), profiler)
    await other.query('select 1')
    unprofilePool(other)
    expect(Object.hasOwn(other, 'query')).toBe(false)
    expect(await recorded(profiler, () => other.query('select 1'))).toEqual([])
    await other.end()
  })
})

async function onClient<T>(use: (client: pg.PoolClient) => PromiseLike<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await use(client)
  } finally {
    client.release()
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
