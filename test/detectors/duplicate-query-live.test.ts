// Tests events between two equal queries on a real server: each case has a twin in which nothing happens that could change
// the result.
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { Finding } from '../../src/types/finding.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off', catalog: true })
const unknowing = createProfiler({ console: 'off', catalog: false })
const pool = profilePool(new pg.Pool(database.config), profiler)
const unknowingPool = profilePool(new pg.Pool(database.config), unknowing)
const setUp = new pg.Pool(database.config)
afterAll(() => Promise.all([pool, unknowingPool, setUp].map((one) => one.end())))

beforeAll(() =>
  setUp.query(`
    create table settings (key text primary key, value text);
    insert into settings values ('currency', 'EUR'), ('locale', 'de');
    create table audit (id int generated always as identity, what text);
    create table logged (id int generated always as identity, what text);
    create function note() returns trigger language plpgsql as
      'begin insert into audit (what) values (new.what); return new; end';
    create trigger noted after insert on logged for each row execute function note();
    create table customers (id int primary key, name text);
    create table orders (id int primary key, customer_id int references customers on delete cascade);
    insert into customers select i, 'c' || i from generate_series(1, 20) i;
    insert into orders select i, 1 + i % 20 from generate_series(1, 60) i;
    create view names as select id, name from customers where id > 0;
    create view first_names as select * from names where id < 10;
    create table events (id int, at date) partition by range (id);
    create table events_1 partition of events for values from (0) to (100);
    create function label(int) returns text language sql volatile as 'select $1::text';
    create function pure(int) returns text language sql immutable as 'select $1::text';
    create schema tenant_a; create table tenant_a.things (id int); insert into tenant_a.things values (1);
    create schema tenant_b; create table tenant_b.things (id int); insert into tenant_b.things values (1);
    create role reader; grant usage on schema public to reader; grant select on all tables in schema public to reader`),
)
afterAll(() => setUp.query('drop owned by reader; drop role reader'))

type Work = (client: pg.PoolClient) => Promise<unknown>

const CURRENCY = `select value from settings where key = 'currency'`
const ask = (sql = CURRENCY): Work => {
  return (client) => client.query(sql)
}

/** On a busy machine, two queries of one line may be so far apart that they look like polling, so most cases have two lines. */
async function duplicates(work: Work, { profiler: by = profiler, pool: on = pool } = {}): Promise<Finding[]> {
  const found: Finding[] = []
  const stop = by.on('report', (report) => found.push(...report.findings))
  const client = await on.connect()
  await client.query('discard all')
  try {
    await by.trace('job', () => work(client))
    await by.settled()
  } finally {
    stop()
    await client.query('rollback')
    await client.query('discard all')
    client.release()
  }
  return found.filter(({ detector }) => detector === 'duplicate-query')
}

const first = ask()
const between = (...statements: string[]): Work => {
  return async (client) => {
    await first(client)
    for (const sql of statements) await client.query(sql)
    await first(client)
  }
}

test('two equal questions with nothing in between are proven', async () => {
  expect(await duplicates(between())).toMatchObject([{ severity: 'warning', confidence: 'proven' }])
})

describe('is quiet when the question is another one, because of', () => {
  test.each<[string, string[]]>([
    ['SET LOCAL', ['set local search_path to tenant_a, public']],
    ['set_config', [`select set_config('search_path', 'tenant_a, public', true)`]],
    ['set_config for the tenant of a policy', [`select set_config('app.tenant', '7', true)`]],
    ['SET search_path', ['set search_path to tenant_b, public']],
    ['SET ROLE', ['set local role reader']],
    ['SET SESSION AUTHORIZATION', ['set session authorization reader']],
    ['RESET', ['reset search_path']],
    ['DISCARD', ['rollback', 'discard all', 'begin']],
    ['an advisory lock', ['select pg_advisory_xact_lock(4711)']],
    ['a row that was locked', [`select 1 from settings where key = 'locale' for update`]],
    ['LISTEN', ['listen changes']],
    ['a wait', ['select pg_sleep(0.01)']],
    ['a volatile function', ['select label(1)']],
  ])('%s', async (_what, statements) => {
    const work: Work = async (client) => {
      await client.query('begin')
      await between(...statements)(client)
    }
    expect(await duplicates(work)).toEqual([])
  })

  test('a snapshot that is taken for each transaction', async () => {
    const work: Work = async (client) => {
      for (let turn = 0; turn < 2; turn++) {
        await client.query('begin isolation level repeatable read')
        await first(client)
        await client.query('commit')
      }
    }
    expect(await duplicates(work)).toEqual([])
  })

  test('other tenants on two connections', async () => {
    const inTenant = async (tenant: string) => {
      const client = await pool.connect()
      await client.query('begin')
      await client.query(`select set_config('app.tenant', $1, true)`, [tenant])
      await client.query('select count(*) from orders where id > $1', [0])
      await client.query('commit')
      client.release()
    }
    const both = (other: string): Work => {
      return async () => {
        await inTenant('1')
        await inTenant(other)
      }
    }
    expect(await duplicates(both('2'))).toEqual([])
    expect(await duplicates(both('1'))).toHaveLength(1)
  })

  test.each<[string, string, string[]]>([
    [
      'a write behind a view',
      'select name from first_names where id = 3',
      [`update customers set name = name`],
    ],
    [
      'a cascade of a foreign key',
      'select count(*) from orders where id > 0',
      ['delete from customers where id = 9999'],
    ],
    ['a trigger', 'select count(*) from audit where id > 0', [`insert into logged (what) values ('x')`]],
    [
      'a write to a partition',
      'select count(*) from events where id > 0',
      ['delete from events_1 where id = 5'],
    ],
    [
      'a write to all partitions',
      'select count(*) from events_1 where id > 0',
      ['delete from events where id = 5'],
    ],
  ])('%s', async (_what, sql, statements) => {
    const work: Work = async (client) => {
      await client.query('begin')
      await client.query(sql)
      for (const statement of statements) await client.query(statement)
      await client.query(sql)
    }
    expect((await duplicates(work)).filter(({ confidence }) => confidence === 'proven')).toEqual([])
    const twin: Work = async (client) => {
      await client.query(sql)
      await client.query(`update settings set value = value where key = 'locale'`)
      await client.query(sql)
    }
    expect(await duplicates(twin)).toMatchObject([{ confidence: 'proven' }])
  })
})

describe('is quiet about what changes by itself', () => {
  test.each([
    'select label(id) from customers where id = 1',
    'select random() > 2 as never from customers where id = 1',
    'select id from customers where id = 1 and now() > timestamp $$2020-01-01$$',
    `select id from customers where id::text = coalesce(current_setting('app.tenant', true), '1')`,
  ])('%s', async (sql) => {
    const work: Work = async (client) => {
      await client.query(sql)
      await client.query(sql)
    }
    expect(await duplicates(work)).toEqual([])
  })

  test('a function that cannot change makes no difference', async () => {
    const work: Work = async (client) => {
      await client.query('select pure(id) from customers where id = 1')
      await client.query('select pure(id) from customers where id = 1')
    }
    expect(await duplicates(work)).toHaveLength(1)
  })

  test('the time of one transaction makes no difference', async () => {
    const work: Work = async (client) => {
      await client.query('begin')
      await client.query('select id from customers where id = 1 and now() is not null')
      await client.query('select id from customers where id = 1 and now() is not null')
    }
    expect(await duplicates(work)).toHaveLength(1)
  })
})

test.each([
  ['settings that decide nothing', [`set statement_timeout to '5s'`, `set application_name to 'x'`]],
  ['a setting that is what it was', [`set time zone 'UTC'`, "set time zone 'UTC'"]],
  ['a savepoint', ['begin', 'savepoint a', 'release savepoint a', 'rollback']],
])('finds the question again after %s', async (_what, statements) => {
  const work: Work = async (client) => {
    await client.query(statements[0] ?? '')
    await between(...statements.slice(1))(client)
  }
  expect(await duplicates(work)).toHaveLength(1)
})

test('a question in another transaction is a hint and no warning', async () => {
  const work: Work = async (client) => {
    await first(client)
    await client.query('begin')
    await first(client)
    await client.query('commit')
  }
  expect(await duplicates(work)).toMatchObject([{ severity: 'info', confidence: 'possible' }])
})

test('without a catalog nothing is proven over a write to another table', async () => {
  const without = { profiler: unknowing, pool: unknowingPool }
  const sql = `insert into audit (what) values ('x')`
  expect(await duplicates(between(sql), without)).toMatchObject([{ confidence: 'likely' }])
  expect(await duplicates(between(), without)).toMatchObject([{ confidence: 'proven' }])
  expect(await duplicates(between(sql))).toMatchObject([{ confidence: 'proven' }])
})

test('waiting for a change by asking every 100 ms is no duplicate, asking in a row is', async () => {
  const poll =
    (waitMs: number): Work =>
    async (client) => {
      for (let turn = 0; turn < 4; turn++) {
        await client.query(CURRENCY)
        if (waitMs > 0) await pause(waitMs)
      }
    }
  expect(await duplicates(poll(100))).toEqual([])
  expect(await duplicates(poll(0))).toHaveLength(1)
})
