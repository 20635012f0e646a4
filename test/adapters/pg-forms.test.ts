// Every form in which pg takes a query is seen exactly once, with true facts: how many rows and bytes came back, which
// columns of which table, and what it failed with. On the pg of today and on the oldest one that is supported.
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import oldestPg from 'pg-oldest'
import QueryStream from 'pg-query-stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profileClient, profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { called, recorded } from './recorded.ts'

const ROWS = 250
const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
let tableId = 0
beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query('create table items (id int primary key, name text)')
  await client.query(`insert into items select n, 'item ' || n from generate_series(1, ${ROWS}) n`)
  await client.query('create table copies (id int)')
  const { rows } = await client.query("select 'items'::regclass::oid::int as id")
  tableId = rows[0].id
  await client.end()
})

const SELECT = `select id, name from items where id <= ${ROWS}`
const COLUMNS = () => [
  { name: 'id', tableId, columnId: 1 },
  { name: 'name', tableId, columnId: 2 },
]

describe.each([
  ['pg', pg],
  ['pg 8.11', oldestPg as unknown as typeof pg],
])('%s', (_version, { Pool, Client, Query }) => {
  const pool = profilePool(new Pool({ ...database.config, max: 2 }), profiler)
  afterAll(() => pool.end())

  /** Each sends SELECT once and reads all rows. */
  const selects: Record<string, () => Promise<unknown>> = {
    'pool.query(text)': () => pool.query(SELECT),
    'pool.query(text, values)': () => pool.query(SELECT.replace(`${ROWS}`, '$1'), [ROWS]),
    'pool.query(text, callback)': () => called((done) => pool.query(SELECT, done)),
    'pool.query(text, values, callback)': () => called((done) => pool.query(SELECT, [], done)),
    'pool.query(config)': () => pool.query({ text: SELECT }),
    'pool.query(config, values)': () => pool.query({ text: SELECT.replace(`${ROWS}`, '$1') }, [ROWS]),
    'pool.query(config, callback)': () => called((done) => pool.query({ text: SELECT }, done)),
    'pool.query({ name })': () => pool.query({ text: SELECT, name: 'items' }),
    'pool.query({ rowMode })': () => pool.query({ text: SELECT, rowMode: 'array' }),
    'client.query(text)': () => onClient((client) => client.query(SELECT)),
    'client.query(text, values)': () =>
      onClient((client) => client.query(SELECT.replace(`${ROWS}`, '$1'), [ROWS])),
    'client.query(text, callback)': () => onClient((client) => called((done) => client.query(SELECT, done))),
    'client.query(text, values, callback)': () =>
      onClient((client) => called((done) => client.query(SELECT, [], done))),
    'client.query(config)': () => onClient((client) => client.query({ text: SELECT })),
    'client.query(config, callback)': () =>
      onClient((client) => called((done) => client.query({ text: SELECT }, done))),
    'client.query({ callback })': () =>
      onClient((client) => called((callback) => client.query(config({ text: SELECT, callback })))),
    'client.query({ types })': () =>
      onClient((client) => client.query({ text: SELECT, types: { getTypeParser: () => String } })),
    'client.query({ binary })': () =>
      onClient((client) => client.query(config({ text: SELECT, binary: true }))),
    "client.query({ queryMode: 'extended' })": () =>
      onClient((client) => client.query(config({ text: SELECT, queryMode: 'extended' }))),
    'client.query({ rows: 100 })': () =>
      onClient((client) => client.query(config({ text: SELECT, rows: 100 }))),
    'pool.connect(callback), client.query(callback)': () =>
      called((done) =>
        pool.connect((_error, client, release) => {
          void client?.query(SELECT, (error, result) => {
            release()
            done(error, result)
          })
        }),
      ),
    'new Query, events': () =>
      onClient((client) =>
        once(
          client.query(new Query(SELECT)).on('row', () => {}),
          'end',
        ),
      ),
    'new Query, callback': () =>
      onClient((client) => called((done) => client.query(new Query(SELECT) as never, done as never))),
    'new Query(text, callback)': () =>
      onClient((client) => called((done) => client.query(new Query(SELECT, done as never)))),
    'pg-cursor, promises': () =>
      onClient(async (client) => {
        const cursor = client.query(new Cursor(SELECT))
        while ((await cursor.read(100)).length > 0);
        await cursor.close()
      }),
    'pg-cursor, callbacks': () =>
      onClient(async (client) => {
        const cursor = client.query(new Cursor(SELECT))
        await called((done) => cursor.read(ROWS + 1, done))
        await called((done) => cursor.close(done))
      }),
    'pg-query-stream, for await': () =>
      onClient(async (client) => {
        for await (const _row of client.query(new QueryStream(SELECT)));
      }),
    'pg-query-stream, events': () =>
      onClient((client) =>
        once(
          client.query(new QueryStream(SELECT)).on('data', () => {}),
          'end',
        ),
      ),
  }

  describe('sees once and whole', () => {
    test.each(Object.entries(selects))('%s', async (_form, send) => {
      const queries = await recorded(profiler, send)

      expect(queries.map(({ sql }) => sql.replace('$1', `${ROWS}`))).toEqual([SELECT])
      const [query] = queries as [RecordedQuery]
      expect(query).toMatchObject({ rows: ROWS, connection: 1 })
      expect(query.columns).toEqual(COLUMNS())
      // Each row holds its id and its name; at most 100 bytes a row are the protocol's.
      expect(query.bytes).toBeGreaterThan(ROWS * 'item 1'.length)
      expect(query.bytes).toBeLessThan(ROWS * 100)
      expect(query.error).toBeUndefined()
      expect(query.transaction).toBeUndefined()
      expect(query.durationMs).toBeGreaterThan(0)
      expect(query.waitMs).toBeGreaterThanOrEqual(0)
    })
  })

  /** Each sends a query that the database refuses, with its SQLSTATE. */
  const WRONG = 'select * from nowhere'
  const failures: Record<string, () => Promise<unknown>> = {
    'pool.query(text)': () => pool.query(WRONG),
    'pool.query(text, callback)': () => called((done) => pool.query(WRONG, done)),
    'client.query(text, values)': () => onClient((client) => client.query(WRONG, [])),
    'client.query({ callback })': () =>
      onClient((client) => called((callback) => client.query(config({ text: WRONG, callback })))),
    'new Query, events': () => onClient((client) => once(client.query(new Query(WRONG)), 'end')),
    'new Query, callback': () =>
      onClient((client) => called((done) => client.query(new Query(WRONG) as never, done as never))),
    'pg-cursor': () => onClient((client) => client.query(new Cursor(WRONG)).read(1)),
    'pg-query-stream': () =>
      onClient(async (client) => {
        for await (const _row of client.query(new QueryStream(WRONG)));
      }),
    COPY: () => onClient((client) => pipeline(client.query(copyTo('copy nowhere to stdout')), sink)),
  }

  describe('says what a query failed with', () => {
    test.each(Object.entries(failures))('%s', async (_form, send) => {
      const queries = await recorded(profiler, () => send().catch(() => {}))
      expect(queries).toHaveLength(1)
      expect(queries[0]).toMatchObject({ error: '42P01' })
      expect(queries[0]?.rows).toBeUndefined()
      expect(queries[0]?.bytes).toBeUndefined()
      expect(queries[0]?.durationMs).toBeGreaterThan(0)
    })
  })

  test('counts the rows that a COPY writes and reads', async () => {
    const queries = await recorded(profiler, () =>
      onClient(async (client) => {
        await client.query('truncate copies')
        await pipeline(Readable.from(['1\n', '2\n3\n']), client.query(copyFrom('copy copies from stdin')))
        await pipeline(client.query(copyTo('copy copies to stdout')), sink)
      }),
    )
    expect(queries.map(({ sql, rows, error }) => [sql, rows, error])).toEqual([
      ['truncate copies', 0, undefined],
      ['copy copies from stdin', 3, undefined],
      ['copy copies to stdout', 3, undefined],
    ])
  })

  test('counts the rows that a statement changed, and those it returned', async () => {
    const queries = await recorded(profiler, () =>
      onClient(async (client) => {
        await client.query('create temp table changes (id int)')
        await client.query('insert into changes values (1), (2), (3)')
        await client.query('update changes set id = id + 1 where id > 1 returning id')
        await once(client.query(new Query('delete from changes')), 'end')
      }),
    )
    expect(queries.map(({ rows }) => rows)).toEqual([0, 3, 2, 3])
  })

  test('takes several statements in one text for one query, with the rows of all', async () => {
    const queries = await recorded(profiler, () =>
      pool.query('select 1 as a; select 2 as b, 3 as c; select 4'),
    )
    expect(queries).toHaveLength(1)
    expect(queries[0]).toMatchObject({ rows: 3 })
  })

  test('keeps the name of a prepared statement, also where only the name is sent again', async () => {
    const queries = await recorded(profiler, () =>
      onClient(async (client) => {
        await client.query({ name: 'one', text: 'select 1' })
        await client.query(config({ name: 'one' }))
      }),
    )
    expect(queries.map(({ sql, prepared, rows }) => [sql, prepared, rows])).toEqual([
      ['select 1', 'one', 1],
      ['execute "one"', 'one', 1],
    ])
  })

  test('counts the bytes that came over the wire', async () => {
    const bytesOf = async (length: number) => {
      const [query] = await recorded(profiler, () => pool.query(`select repeat('x', ${length}) as text`))
      return query?.bytes ?? 0
    }
    // The text without a digit more or less of its length, so that nothing else differs.
    expect((await bytesOf(90_000)) - (await bytesOf(10_000))).toBe(80_000)
  })

  test('sees the queries of a client without a pool, before and after it has connected', async () => {
    const client = new Client(database.config)
    expect(profileClient(client, profiler)).toBe(client)
    expect(profileClient(client, profiler)).toBe(client)
    const queries = await recorded(profiler, async () => {
      const early = client.query('select 1')
      await client.connect()
      await early
      await client.query('select 2')
    })
    expect(queries.map(({ sql, rows, connection }) => [sql, rows, connection])).toEqual([
      ['select 1', 1, 1],
      ['select 2', 1, 1],
    ])
    expect(queries[0]?.waitMs).toBeGreaterThan(0)
    await client.end()
  })

  async function onClient<T>(use: (client: pg.PoolClient) => PromiseLike<T>): Promise<T> {
    const client = await pool.connect()
    try {
      return await use(client)
    } finally {
      client.release()
    }
  }
})

test('sees pipelined queries once each, with their own bytes', async () => {
  const pipelined = profilePool(
    new pg.Pool({ ...database.config, max: 1, pipeline: true } as pg.PoolConfig),
    profiler,
  )
  const sent = ['select 1', SELECT, 'select * from nowhere', 'select id from items limit 10']
  const queries = await recorded(profiler, async () => {
    const client = await pipelined.connect()
    await Promise.allSettled(sent.map((sql) => client.query(sql)))
    client.release()
  })
  const one = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
  const alone = await recorded(profiler, async () => {
    for (const sql of sent) await one.query(sql).catch(() => {})
  })
  const facts = ({ sql, rows, bytes, error }: RecordedQuery) => ({ sql, rows, bytes, error })
  expect(queries.map(facts)).toEqual(alone.map(facts))
  await Promise.all([pipelined.end(), one.end()])
})

/** The parts that the types of pg leave out. */
function config(config: Record<string, unknown>): pg.QueryConfig {
  return config as unknown as pg.QueryConfig
}

async function sink(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of source);
}
