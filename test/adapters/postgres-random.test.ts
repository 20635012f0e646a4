// Random programs give the same results, errors and order of each flow over a profiled pool of postgres.js as over a bare one.
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profilePostgres } from '../../adapters/postgres/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { runProgram } from './postgres-programs.ts'

const PROGRAMS = Number(process.env.PG_LOUPE_PROGRAMS ?? 40)
const database = await testDatabase()
const profiler = createProfiler({ console: 'off', hints: false, capture: 'full' })
const pools: postgres.Sql[] = []
const poolOf = (options: object) => {
  const sql = postgres(database.url, { onnotice() {}, ...options })
  pools.push(sql)
  return sql
}
beforeAll(async () => {
  await poolOf({ max: 1 })`create table things (id int, name text)`
})
afterAll(() => Promise.all(pools.map((sql) => sql.end())))

test.each([
  ['one connection', { max: 1 }],
  ['three connections', { max: 3 }],
  ['one connection, without prepared statements', { max: 1, prepare: false }],
  ['names in camel case', { max: 1, transform: postgres.camel }],
  ['connections that are closed when idle', { max: 1, idle_timeout: 0.001 }],
])(
  'over %s',
  async (_name, options) => {
    const bare = poolOf(options)
    const profiled = profilePostgres(poolOf(options), profiler)
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const expected = await runProgram(bare, seed)
      const got = await profiler.trace(`program ${seed}`, () => runProgram(profiled, seed))
      if (JSON.stringify(got) !== JSON.stringify(expected)) {
        // Which of several connections has prepared a statement depends on their times: a bare pool differs from itself then.
        const again = await runProgram(bare, seed)
        if (JSON.stringify(again) !== JSON.stringify(expected)) continue
      }
      expect([seed, got]).toEqual([seed, expected])
    }
    await profiler.settled()
    expect(profiler.report().cut.internalErrors).toBe(0)
  },
  120_000,
)
