// Tests `ignore` in an application on a real database.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import express from 'express'
import pg from 'pg'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { profileDrizzle } from '../../adapters/drizzle/index.ts'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, ignore } from '../../src/index.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { expectNoNPlusOne } from '../../src/testing/index.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const database = await testDatabase()
// On a busy machine any query may be slow.
const profiler = createProfiler({ console: 'off', enabled: true, detectors: { 'slow-query': false } })
const pool = profilePool(new pg.Pool({ ...database.config, max: 2 }), profiler)
const authors = pgTable('authors', { id: integer('id').primaryKey(), name: text('name') })
const db = profileDrizzle(drizzle(pool), profiler)
beforeAll(() =>
  pool.query(`
    create table authors (id int primary key, name text);
    insert into authors select i, 'author ' || i from generate_series(1, 9) i`),
)
afterAll(() => pool.end())

const loop = async () => {
  for (const id of [1, 2, 3, 4]) await pool.query('select name from authors where id = $1', [id])
  return 'done'
}

describe('findings about queries inside of ignore are suppressed', () => {
  test('for awaited queries and for concurrent ones', async () => {
    expect(await expectNoNPlusOne(() => ignore('four at most', loop), profiler)).toBe('done')
    const all = () =>
      ignore({ reason: 'four at most', detectors: ['n-plus-one'] }, () =>
        Promise.all([1, 2, 3, 4].map((id) => pool.query('select name from authors where id = $1', [id]))),
      )
    await expectNoNPlusOne(all, profiler)
  })

  test('for findings that the option suppresses, in assertions too', async () => {
    const suppress = [{ detector: 'n-plus-one' as const, path: 'test/suppression', reason: 'four at most' }]
    const lenient = createProfiler({ console: 'off', suppress })
    const own = profilePool(new pg.Pool(database.config), lenient)
    const ask = async () => {
      for (const id of [1, 2, 3, 4]) await own.query('select name from authors where id = $1', [id])
    }
    await expectNoNPlusOne(ask, lenient)
    await own.end()
  })

  test('for a returned query builder, which sends its query only when it is awaited', async () => {
    const one = (id: number) => ignore('one', () => db.select().from(authors).where(eq(authors.id, id)))
    const rows = await expectNoNPlusOne(async () => {
      const found = []
      for (const id of [1, 2, 3, 4]) found.push(...(await one(id)))
      return found
    }, profiler)
    expect(rows).toHaveLength(4)
  })

  test('queries before, after and beside it are reported', async () => {
    const both = () => Promise.all([ignore('four at most', loop), loop()])
    await expect(expectNoNPlusOne(both, profiler)).rejects.toThrow('N+1: one query sent')
    await expect(
      expectNoNPlusOne(async () => {
        await ignore('four at most', () => pool.query('select 1'))
        await loop()
      }, profiler),
    ).rejects.toThrow('N+1: one query sent')
  })

  test('for each request separately, with a wait for the pool', async () => {
    const app = express()
    app.use(profileRequests(profiler))
    app.get('/ignored', async (_request, response) => void response.json(await ignore('four at most', loop)))
    app.get('/reported', async (_request, response) => void response.json(await loop()))
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        request(app)
          .get(i % 2 ? '/ignored' : '/reported')
          .expect(200),
      ),
    )
    await profiler.settled()
    const { findings, suppressed, suppressions } = profiler.report()
    expect(
      findings.flatMap(({ route, occurrenceCount }) =>
        route.startsWith('GET') ? [[route, occurrenceCount]] : [],
      ),
    ).toEqual([['GET /reported', 10]])
    expect(suppressed).toBeGreaterThanOrEqual(1)
    expect(suppressions.filter(({ by }) => by === 'ignore').length).toBeGreaterThan(0)
  })

  test('with the reason in a trace file beside the query, and without the comment in the statement', async (t) => {
    const traces = join(temporaryFolder(t), 'traces.ndjson')
    const recording = createProfiler({ console: 'off', outputs: { traces } })
    const recorded = profilePool(new pg.Pool(database.config), recording)
    await recording.trace('job', () =>
      ignore({ reason: 'outer', until: '2999-01-01' }, () =>
        ignore('inner', () => recorded.query("/* pg-loupe-ignore slow-query: said */ select 'secret'")),
      ),
    )
    await recording.settled()
    await recorded.end()
    const [query] = JSON.parse(readFileSync(traces, 'utf8')).queries
    expect(query.sql).toBe("select ''")
    expect(query.ignored).toEqual([
      { by: 'ignore', reason: 'outer', until: '2999-01-01' },
      { by: 'ignore', reason: 'inner' },
      { by: 'comment', reason: 'said', detectors: ['slow-query'] },
    ])
  })
})

describe('the function', () => {
  test('has its result returned, and its errors thrown unchanged', async () => {
    const promise = Promise.resolve(1)
    const object = Object.fromEntries([['then', 'no function']])
    const error = new Error('own')
    expect(ignore('x', () => promise)).toBe(promise)
    expect(ignore('x', () => object)).toBe(object)
    expect(ignore('x', () => undefined)).toBeUndefined()
    expect(() =>
      ignore('x', () => {
        throw error
      }),
    ).toThrow(error)
    await expect(
      ignore('x', async () => {
        throw error
      }),
    ).rejects.toBe(error)
  })

  test('runs in no context of pg-loupe when no profiler is on', () => {
    const state = sharedState()
    state.isProfiling = false
    try {
      expect(ignore('x', () => state.ignores.getStore())).toBeUndefined()
      expect(ignore('', () => 'run')).toBe('run')
    } finally {
      state.isProfiling = true
    }
    expect(ignore('x', () => state.ignores.getStore())).toEqual([{ by: 'ignore', reason: 'x' }])
  })
})

describe('a wrong call', () => {
  const calls: [unknown, string][] = [
    ['', `ignore takes the reason, in words, as 'text' or { reason: 'text' }, but got ""`],
    [undefined, 'but got undefined'],
    [() => 1, 'but got a function'],
    [{ detectors: ['n-plus-one'] }, 'ignore takes the reason'],
    [
      { reason: 'x', detectors: ['n-plus-two'] },
      'got the detector "n-plus-two", but takes one of n-plus-one, ',
    ],
    [{ reason: 'x', detectors: 'n-plus-one' }, 'takes an array of ids as detectors, but got "n-plus-one"'],
    [{ reason: 'x', until: '2026-02-31' }, `takes a day as '2027-01-31' as until, but got "2026-02-31"`],
  ]

  test.each(calls)('%j throws at once and names the allowed values', (why, message) => {
    const fn = vi.fn()
    expect(() => ignore(why as string, fn)).toThrow(TypeError)
    expect(() => ignore(why as string, fn)).toThrow(message)
    expect(fn).not.toHaveBeenCalled()
  })

  test.each(calls)('%j throws nothing in production, and ignores nothing', (why) => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(ignore(why as string, () => sharedState().ignores.getStore() ?? 'run')).toBe('run')
    vi.unstubAllEnvs()
  })
})
