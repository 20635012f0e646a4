// Tests plans of stored statements, on a real PostgreSQL: the values are gone, so every literal has to become a parameter.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../../adapters/pg/index.ts'
import { explainStatement } from '../../../src/panel/connect/explain/explain-statement.ts'
import { statementToExplain } from '../../../src/panel/connect/explain/statement-to-explain.ts'
import type { PlanMessage } from '../../../src/panel/messages.ts'
import { createProfiler } from '../../../src/profiler/profiler.ts'
import { neutralLiterals } from '../../../src/sql/fingerprint/neutral-literals.ts'
import { testDatabase } from '../../postgres/test-database.ts'
import { type TinyPanel, tinyPanel } from './tiny-panel.ts'

const database = await testDatabase()
const admin = new pg.Pool(database.config)
beforeAll(() =>
  admin.query(`
    create table things (
      id uuid primary key, name text, kind varchar(20), price numeric(10, 2), big bigint, small smallint, tags text[], ids uuid[],
      data jsonb, at timestamptz, day date, active boolean, took interval
    );
    create index on things (kind);
    insert into things (id, name) select gen_random_uuid(), 'n' || i from generate_series(1, 100) i;
    analyze things`),
)
afterAll(() => admin.end())

const ID = '9b2c4b1e-6d0e-4b8f-9a53-2f6f5f1b7a10'
/** The statement as the application would send it has to be valid: otherwise the plan could not be expected either. */
const PLANNED: readonly [string, string][] = [
  ['a uuid', `select * from things where id = '${ID}'`],
  ['a uuid with a cast', `select * from things where id = '${ID}'::uuid or id = cast('${ID}' as uuid)`],
  ['own parameters beside literals', `select $1::int from things where id = $2 and name = 'a'`],
  ['LIMIT and OFFSET', `select * from things order by name, 1 limit 10 offset 0`],
  ['LIMIT with a parameter', `select * from things where kind = 'a' limit $1 offset $2`],
  ['lists', `select * from things where id in ('${ID}', '${ID}') and big in (1, 2, 3) and name not in ('a')`],
  ['arrays', `select * from things where name = any('{a,b}') and id = any(array['${ID}']::uuid[])`],
  [
    'array operators',
    `select * from things where tags && array['a', 'b'] and tags @> '{a}' and tags[1] = 'x'`,
  ],
  [
    'operators of jsonb',
    `select data ->> 'a', data #> '{a,0}' from things where data ? 'k' and data @> '{"a": 1}'`,
  ],
  ['keys of jsonb', `select 1 from things where data ?| array['a', 'b'] and data -> 'a' -> 0 = '1'`],
  ['typed literals', `select * from things where at > now() - interval '1 day' and day < date '2026-01-01'`],
  [
    'typed literals of several words',
    `select timestamp with time zone '2026-01-01 00:00Z', time without time zone '12:00', double precision '1.5',
       timestamp(3) '2026-01-01', pg_catalog.date '2026-01-01', interval '3' day, interval(0) '1 day' from things`,
  ],
  ['a time zone', `select at at time zone 'UTC' from things where at::date = '2026-01-01'`],
  [
    'modifiers of types',
    `select price::numeric(10, 2), cast(name as varchar(20)), 1::numeric(5, 1) from things`,
  ],
  ['numbers', `select price * 1.5 + 1, big + 1, small - 1, -1 from things where price > 1e3 and small = 3`],
  ['bits', `select B'101', X'1F' from things`],
  [
    'functions with arguments of any type',
    `select json_build_object('id', id, 'n', 3, 'a', 'b'), concat('a', name) from things`,
  ],
  [
    'string functions',
    `select substring(name from 2 for 3), trim(both ' ' from name), position('a' in name), date_trunc('day', at) from things`,
  ],
  ['LIKE with ESCAPE', `select * from things where name like 'a!%%' escape '!' or name ilike '%x'`],
  ['CASE and COALESCE', `select case when kind = 'a' then 'x' else 'y' end, coalesce(name, '') from things`],
  [
    'a window',
    `select lag(name, 2, 'x') over (order by at rows between 3 preceding and current row) from things`,
  ],
  [
    'grouping by position',
    `select kind, count(*) filter (where active) from things group by 1 having count(*) > 3 order by 2 desc`,
  ],
  [
    'WITH',
    `with few as materialized (select * from things where kind = 'a') select * from few where name = 'b'`,
  ],
  ['VALUES', `values (1, 'a'), (2, 'b')`],
  [
    'INSERT',
    `insert into things (id, name, price) values ('${ID}', 'a', 1), ('${ID}', 'b', 2.5) on conflict (id) do update set name = excluded.name || 'x' returning id`,
  ],
  ['UPDATE', `update things set name = 'a', tags = '{a}', data = '{}', took = '1 day' where id = '${ID}'`],
  ['DELETE', `delete from things using (values ('a')) v (name) where things.name = v.name`],
  ['a final semicolon and a comment', `select * from things where name = 'a'; -- the end`],
  ['quoted names with a semicolon', `select name as "a;b" from things where name = 'a'`],
]

const sessionOf = (rows: (sql: string) => unknown[]) => ({
  session: <Result>(_limits: unknown, use: (send: (sql: string) => Promise<unknown[]>) => Promise<Result>) =>
    use(async (sql) => rows(sql)),
})

const real = {
  async session<Result>(
    _limits: unknown,
    use: (send: (sql: string) => Promise<unknown[]>) => Promise<Result>,
  ) {
    const client = await admin.connect()
    try {
      return await use(async (sql) => (await client.query(sql)).rows)
    } finally {
      client.release()
    }
  },
}

test.each(PLANNED)('there is a plan of a statement with %s', async (_name, sql) => {
  const neutral = neutralLiterals(sql)
  const explained = await explainStatement(real, neutral)
  expect(explained).toEqual({
    plan: [{ Plan: expect.objectContaining({ 'Total Cost': expect.any(Number) }) }],
  })
  const prepared = statementToExplain(neutral)
  if ('reason' in prepared) throw new Error(prepared.reason)
  expect(prepared.text()).not.toMatch(/(?<![BX])''|\b0\.0\b|;\s*$/)
})

test.each([
  ['select 1; delete from things', /several statements/],
  ["select 'a'; select 2;", /several statements/],
  ['drop table things', /Only SELECT/],
  ['begin', /Only SELECT/],
  ['call p()', /Only SELECT/],
  ['explain analyze delete from things', /Only SELECT/],
  ['analyze; delete from things', /Only SELECT/],
  ["select set_config('a', 'b', false)", /Only SELECT/],
  ['prepare x as select 1', /Only SELECT/],
])('%s is refused, and nothing is sent', async (sql, reason) => {
  const sent: string[] = []
  const explained = await explainStatement(
    sessionOf((text) => {
      sent.push(text)
      return []
    }),
    neutralLiterals(sql),
  )
  expect(explained).toEqual({ error: expect.stringMatching(reason) })
  expect(sent).toEqual([])
})

test('a server before PostgreSQL 16 gets no EXPLAIN, and the answer says why', async () => {
  const sent: string[] = []
  const explained = await explainStatement(
    sessionOf((sql) => {
      sent.push(sql)
      return [['150004']]
    }),
    'select * from things',
  )
  expect(explained).toEqual({
    error:
      'A plan without values needs GENERIC_PLAN of PostgreSQL 16 or later. This server is PostgreSQL 15.',
  })
  expect(sent).toEqual(['show server_version_num'])
})

test('the transaction is read-only and rolled back, also when PostgreSQL refuses', async () => {
  const sent: string[] = []
  const explained = await explainStatement(
    {
      session: (limits, use) =>
        real.session(limits, (send) =>
          use((sql) => {
            sent.push(sql)
            return send(sql)
          }),
        ),
    },
    'select * from no_such_table where a = 0',
  )
  expect(explained).toEqual({ error: 'There is no plan: relation "no_such_table" does not exist' })
  expect(sent.slice(1)).toEqual([
    'begin transaction read only',
    'explain (generic_plan, format json) select * from no_such_table where a = $1::integer',
    'rollback',
  ])
})

describe('asked for by the panel', () => {
  const planNumber = (panel: TinyPanel, number: number): Promise<PlanMessage> =>
    panel.until((message) => message.type === 'plan' && message.number === number && message)

  async function profiled(explain: boolean) {
    const panel = await tinyPanel()
    const { address } = panel.address
    const profiler = createProfiler({ console: 'off', catalog: false, panel: { address, explain } })
    const pool = profilePool(new pg.Pool(database.config), profiler)
    const hello = await panel.until((message) => message.type === 'hello' && message)
    const ask = async (sql: string) => {
      await profiler.trace('asks', () => pool.query(sql))
      const trace = await panel.until((message) => message.type === 'trace' && message.trace)
      return trace.queries[0]?.sql ?? ''
    }
    return { panel, hello, ask, close: () => Promise.all([pool.end(), panel.close()]) }
  }

  test('a statement that was sent is planned and not executed', async () => {
    const { panel, hello, ask, close } = await profiled(true)
    expect(hello.process.explains).toBe(true)
    const sql = await ask("delete from things where name = 'nobody'")
    panel.send({ type: 'explain', number: 7, sql })
    const { plan, error } = await planNumber(panel, 7)
    expect(error).toBeUndefined()
    expect(plan).toMatchObject([{ Plan: { 'Node Type': 'ModifyTable', Plans: [{ Filter: '(name = $1)' }] } }])
    // Another value of the same statement would delete all rows: it names the stored statement, whose text is used.
    panel.send({ type: 'explain', number: 8, sql: "delete from things where name = 'n1'" })
    await planNumber(panel, 8)
    expect((await admin.query('select count(*)::int from things')).rows).toEqual([{ count: 100 }])
    await close()
  })

  test('a statement that the process has not sent is refused', async () => {
    const { panel, ask, close } = await profiled(true)
    await ask('select 1 from things')
    panel.send({ type: 'explain', number: 1, sql: 'select 2 from pg_catalog.pg_authid' })
    expect(await planNumber(panel, 1)).toMatchObject({ error: expect.stringContaining('has not sent') })
    await close()
  })

  test('nothing is planned unless the option says so', async () => {
    const { panel, hello, ask, close } = await profiled(false)
    expect(hello.process.explains).toBe(false)
    panel.send({ type: 'explain', number: 1, sql: await ask('select 1 from things') })
    expect(await planNumber(panel, 1)).toMatchObject({ error: expect.stringContaining('explain: true') })
    await close()
  })
})
