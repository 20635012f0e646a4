// Tests the facts that the profiler learns from the database by itself, from the profiled pool to the finding.
import pg from 'pg'
import Cursor from 'pg-cursor'
import QueryStream from 'pg-query-stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profileClient, profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, type Profiler } from '../../src/profiler/profiler.ts'
import type { Finding } from '../../src/types/finding.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const setUp = new pg.Pool({ ...database.config, max: 1 })
const pools: pg.Pool[] = [setUp]
beforeAll(() =>
  setUp.query(`
    create table customers (id int primary key, email text unique, name text);
    create table orders (id int primary key, customer_id int references customers);
    insert into customers select i, i || '@x', 'c' || i from generate_series(1, 500) i;
    insert into orders select i, 1 + i % 500 from generate_series(1, 3000) i;
    analyze;
    create table fresh_settings (key text primary key, value text) with (autovacuum_enabled = off);
    insert into fresh_settings select 'k' || i, 'v' from generate_series(1, 20) i;
    create table fresh_events (id int primary key, kind text, body text) with (autovacuum_enabled = off);
    create table fresh_pages (id int primary key, kind text, body text) with (autovacuum_enabled = off);
    insert into fresh_pages select i, 'k', repeat('b', 1500) from generate_series(1, 30) i;
    create table fresh_logs (id int primary key, kind text) with (autovacuum_enabled = off);
    insert into fresh_logs select i, 'k' || i % 900 from generate_series(1, 9000) i`),
)
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

const UNBOUNDED = ['unbounded-select', 'unbounded-array']

test('the very first trace is judged by the keys of the catalog', async () => {
  const [finding, ...more] = await findings(profiled(), (pool) => pool.query('select id from orders'))
  expect(more).toEqual([])
  expect(finding).toMatchObject({ detector: 'unbounded-select', severity: 'warning' })
  expect(finding?.detail).toContain('orders has about 3000 rows')
})

test('an array without a limit inside one row is found', async () => {
  const sql = `select c.id, (select json_agg(o) from orders o where o.customer_id = c.id) as orders from customers c where c.id < $1 limit 20`
  expect(await findings(profiled(), (pool) => pool.query(sql, [100]))).toMatchObject([
    { detector: 'unbounded-array' },
  ])
})

test.each<[string, string, unknown[]]>([
  ['the primary key', 'select * from orders where id = $1', [1]],
  ['a unique key', 'select * from customers where email = $1', ['1@x']],
  [
    'a join along a key',
    'select * from orders o join customers c on c.id = o.customer_id where o.id = $1',
    [1],
  ],
  ['a limit', 'select * from orders order by id limit 10', []],
  ['a limit that is a parameter', 'select * from orders order by id limit $1', [10]],
  ['a list of keys that is a parameter', 'select * from orders where id = any($1)', [[1, 2, 3]]],
  ['an aggregate', 'select count(*) from orders', []],
])('a result that is bounded by %s is not reported', async (_what, sql, params) => {
  expect(await findings(profiled(), (pool) => pool.query(sql, params))).toEqual([])
})

test('a loop names table and column that its values came from', async () => {
  const { profiler, pool } = profiled()
  const loops: Finding[] = []
  profiler.on('report', (report) =>
    loops.push(...report.findings.filter(({ detector }) => detector === 'n-plus-one')),
  )
  await profiler.trace('loop', async () => {
    const { rows } = await pool.query('select id, customer_id from orders where id between 100 and 110')
    for (const row of rows) await pool.query('select name from customers where id = $1', [row.customer_id])
  })
  await profiler.settled()
  expect(loops.map(({ detail }) => detail)).toEqual([
    'Each of the 11 values of customers.id came from orders.customer_id of 11 rows of one earlier query.',
  ])
})

test('a limit that is NULL bounds nothing', async () => {
  expect(
    await findings(profiled(), (pool) => pool.query('select id from orders limit $1', [null])),
  ).toHaveLength(1)
})

test('a table made later is known once a trace has made it', async () => {
  const made = profiled()
  await findings(made, (pool) => pool.query('create table later (id int primary key)'))
  expect(await findings(made, (pool) => pool.query('select * from later where id = 1'))).toEqual([])
})

test('no slot of the pool is taken, and no connection is left', async () => {
  const { profiler, pool } = profiled({ max: 1 })
  const held = await pool.connect()
  await findings({ profiler, pool }, () => held.query('select id from orders'))
  held.release()
  expect(pool.totalCount).toBe(1)
  const { rows } = await setUp.query(
    `select count(*)::int as open from pg_stat_activity where application_name = 'pg-loupe catalog' and datname = current_database()`,
  )
  expect(rows).toEqual([{ open: 0 }])
})

test('without a database behind it, nothing is said and nothing breaks', async () => {
  const profiler = createProfiler({ console: 'off', catalog: true })
  const pool = profilePool(new pg.Pool({ host: '127.0.0.1', port: 1 }), profiler)
  pools.push(pool)
  await expect(findings({ profiler, pool }, () => pool.query('select 1'))).rejects.toThrow('ECONNREFUSED')
  await profiler.settled()
  expect(profiler.report()).toMatchObject({ traces: 1, findings: [], cut: { internalErrors: 0 } })
})

describe('for a table that was never analysed', () => {
  test.each([
    ['a small table', 'select key, value from fresh_settings'],
    ['some of a small table', `select key, value from fresh_settings where value = 'v'`],
    ['an empty table', 'select * from fresh_events'],
    ['nothing of an empty table', `select * from fresh_events where kind = 'k'`],
    ['all of a table of few and long rows', 'select id, body from fresh_pages'],
    ['nothing of a large table', `select * from fresh_logs where kind = 'gone'`],
  ])('%s is not reported', async (_what, sql) => {
    expect(await findings(profiled(), (pool) => pool.query(sql))).toEqual([])
  })

  test('a large table is known to be large by its pages', async () => {
    const some = (pool: pg.Pool) => pool.query('select * from fresh_logs where kind = $1', ['k7'])
    expect(await findings(profiled(), some)).toMatchObject([{ severity: 'info' }])
    const range = (pool: pg.Pool) => pool.query('select * from fresh_logs where id > 8800')
    expect(await findings(profiled(), range)).toMatchObject([{ severity: 'warning' }])
  })
})

describe('rows that are read in portions are bounded, and the same rows at once are not', () => {
  const SQL = 'select id from orders'
  test.each<[string, (pool: pg.Pool) => Promise<unknown>]>([
    [
      'by a cursor',
      async (pool) => {
        const client = await pool.connect()
        const cursor = client.query(new Cursor(SQL))
        let rows = 0
        for (let read = await cursor.read(500); read.length > 0; read = await cursor.read(500))
          rows += read.length
        await cursor.close()
        client.release()
        return rows
      },
    ],
    [
      'by a stream',
      async (pool) => {
        const client = await pool.connect()
        let rows = 0
        for await (const _row of client.query(new QueryStream(SQL))) rows++
        client.release()
        return rows
      },
    ],
    ['by the option rows', (pool) => pool.query({ text: SQL, rows: 100 } as pg.QueryConfig)],
    [
      'by FETCH',
      async (pool) => {
        const client = await pool.connect()
        await client.query('begin')
        await client.query(`declare portion cursor for ${SQL}`)
        await client.query('fetch 1500 from portion')
        await client.query('commit')
        client.release()
      },
    ],
  ])('%s', async (_how, read) => {
    expect(await findings(profiled(), read)).toEqual([])
    expect(await findings(profiled(), (pool) => pool.query(SQL))).toHaveLength(1)
  })
})

test('a page in the order of the key is shown, and it runs', async () => {
  const [finding] = await findings(profiled(), (pool) =>
    pool.query('select o.id from orders o where o.id > 0'),
  )
  expect(finding?.fix).toBe('select o.id from orders o where o.id > $1 order by o.id limit $2')
  const { rows } = await setUp.query(finding?.fix ?? '', [5, 2])
  expect(rows).toEqual([{ id: 6 }, { id: 7 }])
})

describe('with clients that no pool of pg has made', () => {
  const SQL = 'select id from orders'

  test('the catalog is read too, on a connection of its own', async () => {
    const profiler = createProfiler({ console: 'off', catalog: true })
    const found = await withClient(profiler, database.config, (client) =>
      ask(profiler, () => client.query(SQL)),
    )
    expect(found).toMatchObject([{ detector: 'unbounded-select', severity: 'warning' }])
  })

  test('a client of another database, outside of the trace, does not matter', async () => {
    const profiler = createProfiler({ console: 'off', catalog: true })
    await withClient(profiler, { connectionString: urlOf('postgres') }, (other) => other.query('select 1'))
    const found = await withClient(profiler, database.config, (client) =>
      ask(profiler, () => client.query(SQL)),
    )
    expect(found).toHaveLength(1)
  })

  test('a trace with queries to two databases has no catalog', async () => {
    const profiler = createProfiler({ console: 'off', catalog: true })
    const found = await withClient(profiler, { connectionString: urlOf('postgres') }, (other) =>
      withClient(profiler, database.config, (client) =>
        ask(profiler, async () => {
          await other.query('select 1')
          await client.query(SQL)
        }),
      ),
    )
    expect(found).toEqual([])
  })

  test('a database can be dropped right after it was used', async () => {
    const name = `${database.name}_dropped`
    await setUp.query(`create database "${name}"`)
    const profiler = createProfiler({ console: 'off', catalog: true })
    await withClient(profiler, { connectionString: urlOf(name) }, (client) =>
      profiler.trace('job', () => client.query('create table later (id int)')),
    )
    await setUp.query(`drop database "${name}"`)
    await profiler.settled()
    expect(profiler.report().cut.internalErrors).toBe(0)
  })

  function urlOf(name: string): string {
    const url = new URL(database.url)
    url.pathname = `/${name}`
    return url.href
  }

  async function withClient<T>(
    profiler: Profiler,
    config: pg.ClientConfig,
    use: (client: pg.Client) => Promise<T>,
  ): Promise<T> {
    const client = profileClient(new pg.Client(config), profiler)
    await client.connect()
    try {
      return await use(client)
    } finally {
      await client.end()
    }
  }
})

test('switched off, the catalog is not asked for', async () => {
  const { profiler, pool } = profiled({}, false)
  expect(await findings({ profiler, pool }, () => pool.query('select id from orders'))).toEqual([])
})

function profiled(options: pg.PoolConfig = {}, catalog = true) {
  const profiler = createProfiler({ console: 'off', catalog })
  const pool = profilePool(new pg.Pool({ ...database.config, ...options }), profiler)
  pools.push(pool)
  return { profiler, pool }
}

interface Profiled {
  profiler: Profiler
  pool: pg.Pool
}

function findings(
  { profiler, pool }: Profiled,
  run: (pool: pg.Pool) => Promise<unknown>,
): Promise<Finding[]> {
  return ask(profiler, () => run(pool))
}

async function ask(profiler: Profiler, run: () => Promise<unknown>): Promise<Finding[]> {
  const found: Finding[] = []
  const stop = profiler.on('report', (report) => found.push(...report.findings))
  try {
    await profiler.trace('job', run)
    await profiler.settled()
  } finally {
    stop()
  }
  return found.filter(({ detector }) => UNBOUNDED.includes(detector))
}
