// Every way of sending a query through postgres.js, live: what is recorded of it, and that the application gets what it gets
// without the profiler.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profilePostgres } from '../../adapters/postgres/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { recorded } from './recorded.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off', hints: false, capture: 'full' })
const sql = profilePostgres(postgres(database.url, { max: 2, onnotice() {} }), profiler)
afterAll(() => sql.end())

beforeAll(async () => {
  await sql`create table people (id int primary key, name text, age int)`
  await sql`insert into people select n, 'p' || n, 20 + n from generate_series(1, 5) n`
})

interface Form {
  send(): Promise<unknown>
  /** The queries, each with the facts that matter. */
  records: object[]
}

const forms: Record<string, Form> = {
  'a tag': {
    send: () => sql`select id, name from people where id < ${3} order by id`,
    records: [
      {
        sql: 'select id, name from people where id < $1 order by id',
        params: [3],
        rows: 2,
        via: 'postgres.js',
        prepared: '~',
        connection: 1,
        columns: [
          { name: 'id', tableId: expect.any(Number), columnId: 1 },
          { name: 'name', tableId: expect.any(Number), columnId: 2 },
        ],
      },
    ],
  },
  'a tag without values': {
    send: () => sql`select 1 as one`,
    records: [{ sql: 'select 1 as one', params: [], rows: 1, columns: [{ name: 'one' }] }],
  },
  'fragments in fragments': {
    send: () => {
      const older = (age: number) => sql`age > ${age}`
      const both = sql`${older(21)} and ${sql`name <> ${'p5'}`}`
      return sql`select id from people where ${both} and id > ${0}`
    },
    records: [
      {
        sql: 'select id from people where age > $1 and name <> $2 and id > $3',
        params: [21, 'p5', 0],
        rows: 3,
      },
    ],
  },
  'a list of fragments': {
    send: () => sql`select id from people where true ${[1, 2].map((id) => sql`and id <> ${id}`)}`,
    records: [
      { sql: 'select id from people where true  and id <> $1 and id <> $2', params: [1, 2], rows: 3 },
    ],
  },
  'names, lists and columns by helpers': {
    send: () =>
      sql`select ${sql(['id', 'name'])} from ${sql('people')} where id in ${sql([1, 2, 3])} and age = any(${[21, 22]})`,
    records: [
      {
        sql: 'select "id","name" from "people" where id in ($1,$2,$3) and age = any($4)',
        params: [1, 2, 3, [21, 22]],
        rows: 2,
      },
    ],
  },
  'insert and update by helpers': {
    send: async () => {
      await sql`insert into people ${sql(
        [
          { id: 6, name: 'p6' },
          { id: 7, name: 'p7' },
        ],
        'id',
        'name',
      )}`
      await sql`update people set ${sql({ age: 30 }, 'age')} where id in ${sql([6, 7])}`
      await sql`delete from people where id > ${5} returning id`
    },
    records: [
      { sql: 'insert into people ("id","name")values($1,$2),($3,$4)', params: [6, 'p6', 7, 'p7'], rows: 2 },
      { sql: 'update people set "age"=$1 where id in ($2,$3)', params: [30, 6, 7], rows: 2 },
      { rows: 2, columns: [{ name: 'id' }] },
    ],
  },
  'typed values': {
    send: () =>
      sql`select ${sql.json({ a: 1 })} as a, ${sql.typed(3, 23)} as b, ${sql.array([1, 2])}::int[] as c`,
    records: [{ params: [{ a: 1 }, 3, [1, 2]], rows: 1 }],
  },
  'unsafe without and with parameters': {
    send: async () => {
      await sql.unsafe('select 1 as one')
      await sql.unsafe('select $1::int as n', [7])
      await sql.unsafe('select $1::int as n', [7], { prepare: true })
    },
    records: [
      { sql: 'select 1 as one', params: [], via: 'postgres.js', prepared: undefined, rows: 1 },
      { sql: 'select $1::int as n', params: [7], prepared: undefined, rows: 1 },
      { sql: 'select $1::int as n', params: [7], prepared: '~', rows: 1 },
    ],
  },
  'several statements in one text': {
    send: () => sql`select 1; select id from people`.simple(),
    records: [{ sql: 'select 1; select id from people', rows: 6, prepared: undefined }],
  },
  'rows as values, and as buffers': {
    send: async () => {
      await sql`select id, name from people where id = ${1}`.values()
      await sql`select id, name from people where id = ${1}`.raw()
    },
    records: [{ rows: 1 }, { rows: 1 }],
  },
  'a file': {
    send: () => {
      const file = join(temporaryFolder(), 'people.sql')
      writeFileSync(file, 'select name from people where id = $1')
      return sql.file(file, [2])
    },
    records: [{ sql: 'select name from people where id = $1', params: [2], rows: 1 }],
  },
  describe: {
    send: () => sql`select id, name from people where id = ${1}`.describe(),
    records: [{ rows: 0, columns: [{ name: 'id' }, { name: 'name' }] }],
  },
  'execute, then await': {
    send: async () => {
      const query = sql`select 1 as one`.execute()
      await query
      await query
    },
    records: [{ sql: 'select 1 as one', rows: 1 }],
  },
  'a cursor with a callback': {
    send: () => sql`select id from people order by id`.cursor(2, () => {}),
    records: [{ rows: 5, inPortions: true }],
  },
  'a cursor as an iterator': {
    send: async () => {
      for await (const rows of sql`select id from people order by id`.cursor(2)) void rows
    },
    records: [{ rows: 5, inPortions: true, columns: [{ name: 'id', columnId: 1 }] }],
  },
  'a cursor that is left early': {
    send: async () => {
      for await (const _rows of sql`select id from people order by id`.cursor(2)) break
    },
    records: [{ rows: 2, inPortions: true }],
  },
  'a cursor whose callback closes it': {
    send: () => sql`select id from people order by id`.cursor(2, () => sql.CLOSE),
    records: [{ inPortions: true }],
  },
  forEach: {
    send: () => sql`select id from people order by id`.forEach(() => {}),
    records: [{ rows: 5, inPortions: true }],
  },
  'a transaction with savepoints': {
    send: () =>
      sql.begin(async (tx) => {
        await tx`select 1`
        await tx.savepoint('a', (inner) => inner`select 2`)
        await tx
          .savepoint(async (inner) => {
            await inner`select nope`
          })
          .catch(() => {})
        await tx`select 3`
      }),
    records: [
      { sql: 'begin ', transaction: 1 },
      { sql: 'select 1', transaction: 1 },
      { sql: 'savepoint "s0_a"', transaction: 1 },
      { sql: 'select 2', transaction: 1 },
      { sql: 'savepoint "s1"', transaction: 1 },
      { sql: 'select nope', transaction: 1, error: '42703' },
      { sql: 'rollback to "s1"', transaction: 1 },
      { sql: 'select 3', transaction: 1 },
      { sql: 'commit', transaction: 1 },
    ],
  },
  'a transaction that fails, and a query after it': {
    send: async () => {
      await sql.begin('read only', (tx) => tx`insert into people values (9)`).catch(() => {})
      await sql`select 1 as after`
    },
    records: [
      { sql: 'begin read only', transaction: 1 },
      { transaction: 1, error: '25006' },
      { sql: 'rollback', transaction: 1 },
      { sql: 'select 1 as after', transaction: undefined },
    ],
  },
  'a commit that fails': {
    send: async () => {
      await sql`create temp table later (id int unique deferrable initially deferred)`.simple()
      await sql
        .begin((tx) => [
          tx`create temp table twice (id int unique deferrable initially deferred)`,
          tx`insert into twice values (1), (1)`,
        ])
        .catch(() => {})
      await Promise.all([sql`select 1 as a`, sql`select 1 as b`])
    },
    records: [
      {},
      { sql: 'begin ', transaction: 1 },
      { transaction: 1 },
      { transaction: 1, rows: 2 },
      { sql: 'commit', transaction: 1, error: '23505' },
      { transaction: undefined },
      { transaction: undefined },
    ],
  },
  'a reserved connection': {
    send: async () => {
      const reserved = await sql.reserve()
      await reserved`begin`
      await Promise.all([reserved`select 1`, reserved`select 2`])
      await reserved`commit`
      await reserved`select 3`
      reserved.release()
    },
    records: [
      { sql: 'begin', transaction: 1, connection: 1 },
      { sql: 'select 1', transaction: 1, connection: 1 },
      { sql: 'select 2', transaction: 1, connection: 1 },
      { sql: 'commit', transaction: 1, connection: 1 },
      { sql: 'select 3', transaction: undefined, connection: 1 },
    ],
  },
  'COPY in both directions': {
    send: async () => {
      await sql`create temp table copied (id int)`
      const reserved = await sql.reserve()
      await reserved`create temp table if not exists copied_here (id int)`
      await pipeline(Readable.from(['1\n', '2\n']), await reserved`copy copied_here from stdin`.writable())
      for await (const chunk of await reserved`copy copied_here to stdout`.readable()) void chunk
      await reserved`select 1`
      reserved.release()
    },
    records: [{}, {}, { sql: 'copy copied_here from stdin', rows: 2 }, { rows: 2 }, { rows: 1 }],
  },
  'an error of the database': {
    send: () => sql`select * from nowhere`.catch(() => {}),
    records: [{ error: '42P01' }],
  },
  'a value that is refused': {
    send: () => sql`select ${undefined as never}::int, ${1}`.catch(() => {}),
    records: [{ sql: 'select $1::int, $2', error: 'UNDEFINED_VALUE' }],
  },
  'a query that is cancelled': {
    send: async () => {
      const query = sql`select pg_sleep(20)`.execute()
      while (!(query as unknown as { state: unknown }).state) await new Promise(setImmediate)
      const ended = query.catch(() => {})
      while (!(query as unknown as { active: boolean }).active) await new Promise(setImmediate)
      // Until the server works on it, it ignores the request.
      const again = setInterval(() => query.cancel(), 20)
      await ended
      clearInterval(again)
    },
    records: [{ error: '57014' }],
  },
  'a query that is cancelled before it is sent': {
    send: async () => {
      const query = sql`select 1`
      query.cancel()
      await query.catch(() => {})
      await sql`select 2`
    },
    records: [{ sql: 'select 2' }],
  },
  'a text that is no string': {
    send: async () => {
      const hostile = {
        toString() {
          throw new Error('planned')
        },
      }
      await sql.unsafe(hostile as never).catch(() => {})
      await sql`select 1`
    },
    records: [{ sql: 'select 1' }],
  },
  'queries side by side': {
    send: () => Promise.all([1, 2, 3, 4].map((n) => sql`select ${n}::int as n`)),
    records: [{ params: [1] }, { params: [2] }, { params: [3] }, { params: [4] }],
  },
  notify: {
    send: () => sql.notify('news', 'text'),
    records: [{ sql: 'select pg_notify($1, $2)', params: ['news', 'text'] }],
  },
  'a query that is never awaited': {
    send: async () => {
      sql`select 1 as never`
      sql.unsafe('select 1 as never')
    },
    records: [],
  },
}

describe('the record of', () => {
  test.each(Object.entries(forms))('%s', async (_name, { send, records }) => {
    let params: unknown[] = []
    const queries = await recorded(profiler, async () => {
      await send()
      // The trace drops the values when it closes.
      params =
        coreOf(profiler)
          .currentTrace()
          ?.queries.map((query) => query.params) ?? []
    })
    expect(queries.map((query, at) => ({ ...factsOf(query), params: params[at] }))).toMatchObject(records)
    for (const { callSite, sql, error } of queries) {
      if (sql !== 'commit' && !sql.startsWith('rollback') && !error) {
        expect([sql, callSite[0]?.file]).toEqual([sql, expect.stringContaining('postgres-forms.test.ts')])
      }
    }
    for (const { waitMs, durationMs, startMs } of queries) {
      expect(waitMs).toBeGreaterThanOrEqual(0)
      expect(durationMs).toBeGreaterThanOrEqual(0)
      expect(startMs).toBeGreaterThanOrEqual(0)
    }
  })
})

function factsOf(query: RecordedQuery) {
  const { sql, rows, via, prepared, connection, transaction, columns, inPortions, error } = query
  return { sql, rows, via, prepared, connection, transaction, columns, inPortions, error }
}
