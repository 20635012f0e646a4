// What the profiler learns of the database by itself, live: from the pool it profiles to the finding.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, type Profiler } from '../../src/profiler.ts'
import type { Finding } from '../../src/types.ts'
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
    analyze`),
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
  const sql = `select c.id, (select json_agg(o) from orders o where o.customer_id = c.id) as orders from customers c where c.id = $1`
  expect(await findings(profiled(), (pool) => pool.query(sql, [1]))).toMatchObject([
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
])('nothing is said of a result that is bounded by %s', async (_what, sql, params) => {
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
  const profiler = createProfiler({ reporters: [], catalog: true })
  const pool = profilePool(new pg.Pool({ host: '127.0.0.1', port: 1 }), profiler)
  pools.push(pool)
  await expect(findings({ profiler, pool }, () => pool.query('select 1'))).rejects.toThrow('ECONNREFUSED')
  await profiler.settled()
  expect(profiler.report()).toMatchObject({ traces: 1, findings: [], cut: { internalErrors: 0 } })
})

test('switched off, the catalog is not asked for', async () => {
  const { profiler, pool } = profiled({}, false)
  expect(await findings({ profiler, pool }, () => pool.query('select id from orders'))).toEqual([])
})

function profiled(options: pg.PoolConfig = {}, catalog = true) {
  const profiler = createProfiler({ reporters: [], catalog })
  const pool = profilePool(new pg.Pool({ ...database.config, ...options }), profiler)
  pools.push(pool)
  return { profiler, pool }
}

interface Profiled {
  profiler: Profiler
  pool: pg.Pool
}

async function findings(
  { profiler, pool }: Profiled,
  run: (pool: pg.Pool) => Promise<unknown>,
): Promise<Finding[]> {
  const found: Finding[] = []
  const stop = profiler.on('report', (report) => found.push(...report.findings))
  try {
    await profiler.trace('job', () => run(pool))
    await profiler.settled()
  } finally {
    stop()
  }
  return found.filter(({ detector }) => UNBOUNDED.includes(detector))
}
