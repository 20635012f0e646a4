// A loop is told from explicit calls by the stacks of its queries, in whatever way it runs: nothing else tells it here.
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profileDrizzle } from '../../adapters/drizzle/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { shapesOf } from './shapes.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off', catalog: false })
const pool = profilePool(new pg.Pool({ ...database.config, max: 4 }), profiler)
const db = profileDrizzle(drizzle(pool), profiler)
const shapes = shapesOf(pool, db)

beforeAll(async () => {
  await pool.query('create table things (id int primary key, name text)')
  await pool.query('create table notes (thing int)')
})
afterAll(() => pool.end())

const LOOPS: readonly string[] = ['n-plus-one', 'n-plus-one-write']

describe.each(Object.entries(shapes))('%s', (_name, { loop, calls }) => {
  test('is found in a loop', async () => {
    const loops = await loopsOf(loop)
    expect(loops.length).toBeGreaterThan(0)
    const [{ queries } = { queries: [] }] = loops[0]?.occurrences ?? []
    expect([3, 6]).toContain(queries.length)
    expect(loops[0]?.callSite[0]?.file).toBe('test/call-sites/shapes.ts')
  })

  test('is none in explicit calls', async () => {
    expect(await loopsOf(calls)).toEqual([])
  })
})

async function loopsOf(shape: () => unknown) {
  const trace = coreOf(profiler).startTrace({ kind: 'http', name: 'GET /things' })
  // As a framework calls a handler: nobody awaits it.
  const handled = new Promise<void>((resolve, reject) => {
    trace.run(() => {
      const handle = async () => {
        await shape()
      }
      handle().then(() => setImmediate(resolve), reject)
    })
  })
  await handled
  trace.end()
  await trace.settled()
  const { findings } = profiler.analyze(trace.finished ? [trace.finished] : [])
  return findings.filter(({ detector }) => LOOPS.includes(detector))
}
