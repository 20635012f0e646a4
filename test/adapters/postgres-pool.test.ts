// A pool of postgres.js as the application sees it, and the findings about its queries.
import pg from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profilePostgres, unprofilePostgres } from '../../adapters/postgres/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { recorded } from './recorded.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off', hints: false, capture: 'full' })
const pools: postgres.Sql[] = []
const poolOf = (options: object = {}) => {
  const sql = postgres(database.url, { max: 2, onnotice() {}, ...options })
  pools.push(sql)
  return sql
}
afterAll(() => Promise.all(pools.map((sql) => sql.end({ timeout: 1 }))))
beforeAll(async () => {
  await poolOf().unsafe(`
    create table authors (id int primary key, name text);
    create table books (id int primary key, author_id int references authors, title text);
    insert into authors select 70000 + 37 * n, 'author ' || n from generate_series(1, 500) n;
    insert into books select n, 70000 + 37 * (1 + n % 500), 'title ' || n from generate_series(1, 3000) n;
    analyze`)
})

describe('profilePostgres', () => {
  test('returns the same function, and does nothing the second time', async () => {
    const sql = poolOf()
    const keys = Object.keys(sql)
    expect(profilePostgres(sql, profiler)).toBe(sql)
    expect(profilePostgres(sql, profiler)).toBe(sql)
    expect(Object.keys(sql)).toEqual(keys)
    expect(await recorded(profiler, () => sql`select 1`)).toHaveLength(1)
  })

  test('is undone, also while a query is running', async () => {
    const sql = profilePostgres(poolOf(), profiler)
    const queries = await recorded(profiler, async () => {
      const running = sql`select pg_sleep(0.01)`.execute()
      unprofilePostgres(sql)
      await running
      await sql`select 1`
    })
    expect(queries).toMatchObject([{ sql: 'select pg_sleep(0.01)', rows: 1 }])
    profilePostgres(sql, profiler)
    expect(await recorded(profiler, () => sql`select 1`)).toHaveLength(1)
  })

  test('records a pool and no other of the same copy', async () => {
    const [sql, other] = [profilePostgres(poolOf(), profiler), poolOf()]
    expect(await recorded(profiler, () => Promise.all([sql`select 1`, other`select 2`]))).toHaveLength(1)
  })

  test('does nothing while the profiler is off', () => {
    const sql = poolOf()
    const { listen } = sql
    expect(profilePostgres(sql, createProfiler({ enabled: false })).listen).toBe(listen)
  })

  test.each([
    ['nothing', () => undefined, 'undefined'],
    ['a pool of pg', () => new pg.Pool(), 'an object of class BoundPool'],
    ['another function', () => () => {}, 'another function'],
  ])('refuses %s', (_name, make, message) => {
    expect(() => profilePostgres(make() as never, profiler)).toThrow(TypeError)
    expect(() => profilePostgres(make() as never, profiler)).toThrow(message)
  })

  test('refuses the function of a transaction', async () => {
    const sql = poolOf()
    const refused = sql.begin(async (tx) => profilePostgres(tx as never, profiler))
    await expect(refused).rejects.toThrow('the function of a transaction')
  })
})

describe('endings', () => {
  test('a connection that is cut, and the queries behind it', async () => {
    const sql = profilePostgres(poolOf({ max: 1 }), profiler)
    const [{ pid } = { pid: 0 }] = await sql`select pg_backend_pid() as pid`
    const queries = await recorded(profiler, async () => {
      const all = Promise.allSettled([sql`select pg_sleep(20)`, sql`select 1 as queued`])
      await untilRunning(pid as number)
      await poolOf()`select pg_terminate_backend(${pid as number})`
      await all
    })
    expect(queries.map(({ error }) => error)).toEqual(['CONNECTION_CLOSED', 'CONNECTION_CLOSED'])
    // postgres.js gives the error of the server to the next query.
    await sql`select 1`.catch(() => {})
    const [again] = await recorded(profiler, () => sql`select 1 as again`)
    expect(again).toMatchObject({ rows: 1, connection: 1 })
  })

  test('a pool that has been ended', async () => {
    const sql = profilePostgres(postgres(database.url), profiler)
    await sql.end()
    const queries = await recorded(profiler, () => sql`select 1`.catch(() => {}))
    expect(queries).toMatchObject([{ error: 'CONNECTION_ENDED' }])
  })

  test('time behind another query on its connection is a wait, and not its duration', async () => {
    const sql = profilePostgres(poolOf({ max: 1 }), profiler)
    await sql`select 1`
    const queries = await recorded(profiler, () => Promise.all([sql`select pg_sleep(0.2)`, sql`select 2`]))
    const [slow, quick] = queries
    expect(quick?.waitMs).toBeGreaterThan(150)
    expect(quick?.durationMs).toBeLessThan((slow?.durationMs ?? 0) / 2 + 100)
  })
})

describe('findings', () => {
  test('a loop has its line and a proven origin, and its twin in one query has no finding', async () => {
    const sql = profilePostgres(poolOf(), profiler)
    const { findings } = await run(async () => {
      const books = await sql`select author_id from books where id between 1 and 12`
      for (const { author_id } of books)
        void (await sql`select id, name from authors where id = ${author_id}`)[0]?.name
    })
    expect(findings.filter(({ detector }) => detector === 'n-plus-one')).toMatchObject([
      { confidence: 'proven' },
    ])
    expect(findings[0]?.callSite[0]?.file).toBe('test/adapters/postgres-pool.test.ts')
    const fixed = await run(async () => {
      const books = await sql`select author_id from books where id between 1 and 12`
      const ids = books.map(({ author_id }) => author_id as number)
      for (const { id, name } of await sql`select id, name from authors where id = any(${ids})`)
        void [id, name]
      for (const { id, name } of await sql`select id, name from authors where id in ${sql(ids)}`)
        void [id, name]
    })
    expect(fixed.findings.filter(({ detector }) => detector === 'n-plus-one')).toEqual([])
  })

  test('columns that nobody reads are found, in rows that are passed on as they are', async () => {
    const sql = profilePostgres(poolOf(), profiler)
    const { traces } = await run(async () => {
      for (const { id } of await sql`select * from books where id < 20`) void id
    })
    expect(traces[0]?.queries[0]?.usage).toMatchObject({ read: ['id'], unread: ['author_id', 'title'] })
  })

  test.each<[string, (sql: postgres.Sql) => Promise<unknown>]>([
    [
      'the portions of a cursor',
      async (sql) => {
        for await (const rows of sql`select id from books where id < 200`.cursor(10))
          for (const { id } of rows) void id
      },
    ],
    [
      'rows one by one',
      (sql) => sql`select id from books where id < 200`.forEach(({ id }) => void id) as never,
    ],
    [
      'savepoints in a transaction',
      (sql) =>
        sql.begin(async (tx) => {
          for (let left = 3; left > 0; left--)
            await tx.savepoint((inner) => inner`select 1 as one`.then(([row]) => row?.one))
        }),
    ],
  ])('%s are no loop', async (_name, send) => {
    const sql = profilePostgres(poolOf(), profiler)
    const { findings } = await run(() => send(sql))
    expect(findings.filter(({ detector }) => detector.startsWith('n-plus-one'))).toEqual([])
  })

  test('the catalog of its database is read on a connection of its own, and bounds its results', async () => {
    const own = createProfiler({ console: 'off', hints: false, capture: 'full', catalog: true })
    const sql = profilePostgres(poolOf(), own)
    const findings: Finding[] = []
    own.on('report', (report) => findings.push(...report.findings))
    await own.trace('job', () => sql`select id from books`)
    await own.settled()
    const [unbounded] = findings.filter(({ detector }) => detector === 'unbounded-select')
    expect(unbounded?.detail).toContain('books has about 3000 rows')
    expect(own.report().cut.untraced).toBe(0)
  })
})

async function run(work: () => Promise<unknown>): Promise<{ findings: Finding[]; traces: Trace[] }> {
  const own: { findings: Finding[]; traces: Trace[] } = { findings: [], traces: [] }
  const stop = profiler.on('report', (report, trace) => {
    own.findings.push(...report.findings)
    own.traces.push(trace)
  })
  await profiler.trace('job', work)
  await profiler.settled()
  stop()
  return own
}

async function untilRunning(pid: number): Promise<void> {
  const sql = poolOf()
  for (;;) {
    const found =
      await sql`select from pg_stat_activity where pid = ${pid} and query like '%pg_sleep(20)%' and state = 'active'`
    if (found.count > 0) return
  }
}
