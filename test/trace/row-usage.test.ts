// Tests which reads of columns are noted: by name, with the whole row, or not at all; in the trace, after it, and by pg-loupe
// itself.
import { inspect } from 'node:util'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { RowUsage } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'

type Row = Record<string, unknown>

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
afterAll(() => pool.end())

const traces: Trace[] = []
profiler.on('report', (_report, trace) => traces.push(trace))

/** A statement of its own for each test: what is learned of a statement is remembered. */
let statements = 0
const people = (rows: number, comment = ++statements) =>
  `select n as id, 'Ada ' || n as name, 'ada' || n || '@mail.example' as email, n % 50 = 49 as rare, ${comment} as c${comment}
   from generate_series(1, ${rows}) n`

describe('reads that count as', () => {
  test.each<[string, (rows: Row[]) => unknown, Partial<RowUsage>]>([
    [
      'read: a column read by name',
      (rows) => rows.map(({ name }) => name),
      { read: ['name'], serialized: [] },
    ],
    [
      'read: columns taken apart in their order',
      (rows) => rows.map(({ id, name }) => `${id} ${name}`),
      { read: ['id', 'name'] },
    ],
    ['read: what JSON is told to hold', (rows) => JSON.stringify(rows, ['name']), { read: ['name'] }],
    ['serialized: JSON', (rows) => JSON.stringify(rows), { read: [], unread: [] }],
    ['serialized: a spread', (rows) => rows.map((row) => ({ ...row })), { read: [], unread: [] }],
    [
      'serialized: Object.assign',
      (rows) => rows.map((row) => Object.assign({}, row)),
      { read: [], unread: [] },
    ],
    ['serialized: structuredClone', (rows) => structuredClone(rows), { read: [], unread: [] }],
    [
      'serialized: a row that is printed',
      (rows) => inspect(rows[0]),
      { read: [], unread: [], rowsTouched: 1 },
    ],
    [
      'serialized: the rest of a row, beside what was read',
      (rows) => rows.map(({ name, ...rest }) => [name, rest]),
      { read: ['name'], unread: [] },
    ],
    [
      'serialized: other columns of one row that is copied',
      (rows) => [rows.map(({ name }) => name), { ...rows[1] }],
      { read: ['name'], unread: [] },
    ],
    ['unread: the rest of what is deleted first', (rows) => rows.map(dropEmail), { unread: ['email'] }],
    [
      'unread: everything, when only their number is used',
      (rows) => rows.length,
      { rowsTouched: 0, read: [] },
    ],
    ['unread: everything, when only names are', (rows) => Object.keys(rows[0] ?? {}), { rowsTouched: 0 }],
    ['touched: one row', (rows) => rows.at(-1)?.name, { rowsTouched: 1, firstTouched: 2, read: ['name'] }],
  ])('%s', async (_what, use, expected) => {
    expect(await usageOf(people(3), use)).toMatchObject(expected)
  })

  test('written is not read', async () => {
    const usage = await usageOf(people(3), (rows) => rows.map((row) => Object.assign(row, { name: 'x' })))
    expect(usage).toMatchObject({ read: [], rowsTouched: 0 })
  })

  test('for one column: a read', async () => {
    const usage = await usageOf('select 1 as only', (rows) => ({ ...rows[0] }))
    expect(usage).toEqual({ read: ['only'], serialized: [], unread: [], rowsTouched: 1, firstTouched: 0 })
  })
})

test('there is no usage without rows, and none of rows as arrays', async () => {
  expect(await usageOf('select 1 as a where false', () => {})).toBeUndefined()
  expect(await usageOf({ text: people(3), rowMode: 'array' }, (rows) => rows[0])).toBeUndefined()
})

test('following values through rows is no reading, neither in the trace nor after it', async () => {
  const sql = people(5)
  for (let i = 0; i < 2; i++) {
    await profiler.trace('loop', async () => {
      const { rows } = await pool.query(sql)
      for (const { id } of rows) await pool.query('select $1::int as x', [id])
    })
    await profiler.settled()
    expect(traces.at(-1)?.queries[1]?.flow).toMatchObject([{ column: 'id' }])
    expect(traces.at(-1)?.queries[0]?.usage).toMatchObject({ read: ['id'], serialized: [] })
    expect(traces.at(-1)?.queries[1]?.usage).toMatchObject({ read: [], rowsTouched: 0 })
  }
})

describe('for many rows', () => {
  test('a few are watched, spread over the result, and only they are touched', async () => {
    let watched: number[] = []
    const usage = await usageOf(people(1000), (rows) => {
      watched = rows.flatMap((row, index) => (isWatched(row) ? [index] : []))
      return rows.map(({ name }) => name)
    })
    expect(usage).toMatchObject({ rowsWatched: 16, rowsTouched: 16, read: ['name'] })
    expect([watched.length, watched[0], watched.at(-1)]).toEqual([16, 0, 999])
    expect(watched[8]).toBeGreaterThan(400)
  })

  test('all are watched the next time, when a column seemed unread, so that the one row that matters is not missed', async () => {
    const sql = people(100)
    const rareNames = (rows: Row[]) => rows.filter(({ rare }) => rare).map(({ name }) => name)
    expect(await usageOf(sql, rareNames)).toMatchObject({ rowsWatched: 16 })
    const close = await usageOf(sql, rareNames)
    expect(close?.rowsWatched).toBeUndefined()
    expect(close).toMatchObject({ rowsTouched: 100, read: ['name', 'rare'] })
  })

  test('all are watched three times, and then ever more rarely', async () => {
    const sql = people(40)
    const whole = []
    for (let i = 0; i < 20; i++) {
      const usage = await usageOf(sql, (rows) => rows[0]?.name)
      if (usage?.rowsWatched === undefined) whole.push(i)
    }
    expect(whole).toEqual([1, 2, 3, 5, 9, 17])
  })

  test('nothing is watched more closely when all columns are read', async () => {
    const sql = people(100)
    for (let i = 0; i < 3; i++) {
      expect(await usageOf(sql, (rows) => JSON.stringify(rows))).toMatchObject({ rowsWatched: 16 })
    }
  })

  test('fewer of very wide rows are watched', async () => {
    const columns = Array.from({ length: 400 }, (_, i) => `${i} as c${i}`)
    const usage = await usageOf(`select ${columns} from generate_series(1, 100)`, (rows) =>
      JSON.stringify(rows),
    )
    expect(usage?.rowsWatched).toBe(4)
  })
})

test('the bytes of unread columns are those of all rows', async () => {
  const sql = `select n as id, repeat('x', 1000) as text, null::int as nothing, '\\x00ff'::bytea as bytes
    from generate_series(1, 200) n`
  const usage = await usageOf(sql, (rows) => rows.map(({ id }) => id))
  expect(usage?.unreadBytes).toEqual({ text: 200 * 1004, nothing: 200 * 4, bytes: 200 * (4 + 6) })
})

describe('rows that are kept for later than their trace', () => {
  test('make the columns of the next ones unknown', async () => {
    const sql = people(3)
    const cache: Row[] = []
    const keep = (rows: Row[]) => cache.push(...rows)
    expect((await usageOf(sql, keep))?.unread).toContain('email')
    expect(cache.map(({ email }) => email)).toHaveLength(3)
    const usage = await usageOf(sql, keep)
    expect(usage).toMatchObject({ unread: [], rowsTouched: 3 })
    expect(usage?.serialized).toContain('email')
  })

  test('are as good as read before when nothing new is read of them', async () => {
    const sql = people(3)
    const cache: Row[] = []
    const use = (rows: Row[]) => rows.map(({ name }) => name) && cache.push(...rows)
    await usageOf(sql, use)
    expect(cache.map(({ name }) => name)).toHaveLength(3)
    expect((await usageOf(sql, use))?.unread).toContain('email')
  })
})

async function usageOf(
  query: string | { text: string; rowMode: 'array' },
  use: (rows: Row[]) => unknown,
): Promise<RowUsage | undefined> {
  traces.length = 0
  await profiler.trace('usage', async () => {
    const { rows } = (await pool.query(query as string)) as unknown as { rows: Row[] }
    use(rows)
  })
  await profiler.settled()
  expect(profiler.report().cut.internalErrors).toBe(0)
  return traces[0]?.queries[0]?.usage
}

function dropEmail(row: Row): unknown {
  delete row.email
  return { ...row }
}

function isWatched(row: object): boolean {
  return Object.getOwnPropertyDescriptor(row, 'id')?.get !== undefined
}
