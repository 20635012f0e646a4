// Queries that belong to no trace: counted, or collected in traces of their own when that is asked for.
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import type { ProfilerOptions } from '../../src/profiler/options.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const pools: pg.Pool[] = []
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())))

test('are counted, and no trace is made', async () => {
  const { profiler, pool, traces } = setUp()
  await pool.query('select 1')
  const closed = coreOf(profiler).startTrace({ kind: 'job', name: 'closed' })
  closed.close()
  await closed.run(() => pool.query('select 2'))
  expect(traces.map(({ name }) => name)).toEqual(['closed'])
  expect(profiler.report()).toMatchObject({ queries: 0, cut: { untraced: 2 } })
})

test('are collected when that is asked for, also those of a trace that has closed', async () => {
  const { profiler, pool, traces } = setUp({ collectUntraced: true })
  await pool.query('select 1')
  await profiler.trace('job', () => pool.query('select 2'))
  const closed = coreOf(profiler).startTrace({ kind: 'job', name: 'closed' })
  closed.close()
  await closed.run(() => pool.query('select 3'))
  await closing(profiler, 3)

  const outside = traces.filter(({ kind }) => kind === 'script')
  expect(outside.map(({ name, queries }) => [name, queries.map(({ sql }) => sql)])).toEqual([
    ['outside any trace', ['select 1', 'select 3']],
  ])
  expect(closed.children).toEqual([])
  expect(profiler.report().cut.untraced).toBe(0)
})

test('take nothing from the query before them on a busy client', async () => {
  const { profiler, pool } = setUp()
  const client = await pool.connect()
  const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'busy' })
  const before = trace.run(() => client.query('begin'))
  const outside = client.query('select 1')
  await Promise.all([before, outside])
  expect(trace.queries).toMatchObject([{ sql: 'begin', transaction: 1, bytes: expect.any(Number) }])
  client.release(true)
  trace.close()
})

test('begin another trace when one is full', async () => {
  const { profiler, pool, traces } = setUp({ collectUntraced: true, limits: { queriesPerTrace: 2 } })
  for (const n of [1, 2, 3]) await pool.query(`select ${n}`)
  await closing(profiler, 2)
  expect(traces.map(({ queries, truncated }) => [queries.length, truncated])).toEqual([
    [2, 0],
    [1, 0],
  ])
})

function setUp(options: ProfilerOptions = {}) {
  const profiler = createProfiler({ console: 'off', ...options })
  const traces: Trace[] = []
  profiler.on('report', (_report, trace) => traces.push(trace))
  const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
  pools.push(pool)
  return { profiler, pool, traces }
}

/** Waits until so many traces have closed by themselves. */
async function closing(profiler: ReturnType<typeof createProfiler>, count: number): Promise<void> {
  while (profiler.report().traces < count) await new Promise((resolve) => setTimeout(resolve, 20))
}
