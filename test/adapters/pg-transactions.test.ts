// Which queries ran in one transaction. The server says whether one is open, so it counts how it really went: statements
// that fail, several statements in one text, COMMIT of what has failed.
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { profileClient, profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { recorded } from './recorded.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const pool = profilePool(new pg.Pool({ ...database.config, max: 2 }), profiler)
afterAll(() => pool.end())

/** The statements in the order they are sent on one connection, each with the number of its transaction. */
const sequences: Record<string, [sql: string, transaction: number | undefined][]> = {
  'no transaction': [
    ['select 1', undefined],
    ['select 2', undefined],
  ],
  'BEGIN to COMMIT': [
    ['select 0', undefined],
    ['begin', 1],
    ['select 1', 1],
    ['commit', 1],
    ['select 2', undefined],
  ],
  'BEGIN to ROLLBACK, twice': [
    ['start transaction isolation level serializable', 1],
    ['select 1', 1],
    ['rollback', 1],
    ['BEGIN', 2],
    ['abort', 2],
  ],
  'savepoints stay in their transaction': [
    ['begin', 1],
    ['savepoint a', 1],
    ['select 1', 1],
    ['rollback to savepoint a', 1],
    ['release savepoint a', 1],
    ['commit', 1],
  ],
  'a statement that fails, and those refused after it': [
    ['begin', 1],
    ['select nope', 1],
    ['select 1', 1],
    ['commit', 1],
    ['select 2', undefined],
  ],
  'a savepoint that saves a transaction': [
    ['begin', 1],
    ['savepoint a', 1],
    ['select nope', 1],
    ['rollback to a', 1],
    ['select 1', 1],
    ['end', 1],
    ['select 1', undefined],
  ],
  'COMMIT AND CHAIN begins the next': [
    ['begin', 1],
    ['commit and chain', 1],
    ['select 1', 2],
    ['rollback and chain', 2],
    ['select 1', 3],
    ['rollback', 3],
  ],
  'one text that begins': [
    ['begin; select 1', 1],
    ['select 2', 1],
    ['select 3; commit', 1],
    ['select 4', undefined],
  ],
  'one text that begins and ends': [
    ['begin; select 1; commit', 1],
    ['select 2', undefined],
  ],
  'one text that ends and begins': [
    ['begin', 1],
    ['rollback; begin', 1],
    ['select 1', 2],
    ['commit', 2],
  ],
  'one text that begins and fails': [
    ['begin; select nope', 1],
    ['rollback', 1],
  ],
  'a BEGIN that fails begins nothing': [
    ['begin nonsense', undefined],
    ['select 1', undefined],
  ],
  'BEGIN within a transaction': [
    ['begin', 1],
    ['begin', 1],
    ['commit', 1],
  ],
}

describe.each([['awaited one by one', false] as const, ['queued on a busy client', true] as const])(
  '%s',
  (_how, queued) => {
    test.each(Object.entries(sequences))('%s', async (_name, sequence) => {
      const queries = await recorded(profiler, async () => {
        const client = await pool.connect()
        if (queued) await Promise.allSettled(sequence.map(([sql]) => client.query(sql)))
        else for (const [sql] of sequence) await client.query(sql).catch(() => {})
        client.release()
      })
      expect(queries.map(({ sql, transaction }) => [sql, transaction])).toEqual(sequence)
    })
  },
)

test.each(Object.entries(sequences))('pipelined: %s', async (_name, sequence) => {
  const client = new pg.Client({ ...database.config, pipeline: true } as pg.ClientConfig)
  await client.connect()
  profileClient(client, profiler)
  const queries = await recorded(profiler, () =>
    Promise.allSettled(sequence.map(([sql]) => client.query(sql))),
  )
  expect(queries.map(({ sql, transaction }) => [sql, transaction])).toEqual(sequence)
  await client.end()
})

test('transactions on two connections are two', async () => {
  const queries = await recorded(profiler, async () => {
    const [a, b] = await Promise.all([pool.connect(), pool.connect()])
    for (const client of [a, b, a, b]) await client.query('begin')
    for (const client of [b, a]) await client.query('commit')
    a.release()
    b.release()
  })
  expect(queries.map(({ connection, transaction }) => [connection, transaction])).toEqual([
    [1, 1],
    [2, 2],
    [1, 1],
    [2, 2],
    [2, 2],
    [1, 1],
  ])
})

test('a transaction that was open before the client was profiled is known', async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query('begin')
  profileClient(client, profiler)
  const queries = await recorded(profiler, () => client.query('select 1'))
  expect(queries[0]?.transaction).toBe(1)
  await client.end()
})

test('a transaction that was begun outside of any trace is known, to its end', async () => {
  const client = await pool.connect()
  await client.query('begin')
  const queries = await recorded(profiler, async () => {
    await client.query('commit')
    await client.query('select 1')
  })
  expect(queries.map(({ transaction }) => transaction)).toEqual([1, undefined])
  client.release()
})

test('unrecorded statements in between leave a transaction unchanged', async () => {
  const client = await pool.connect()
  const queries = await recorded(profiler, async () => {
    await client.query('begin')
    await coreOf(profiler).context.run(undefined, () => client.query('select 0'))
    await client.query('commit')
  })
  expect(queries.map(({ sql, transaction }) => [sql, transaction])).toEqual([
    ['begin', 1],
    ['commit', 1],
  ])
  client.release()
})
