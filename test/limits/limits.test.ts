// Tests the limits: beyond each of them counting goes on, and the report says what was left out.
import pg from 'pg'
import Cursor from 'pg-cursor'
import { afterAll, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, type ProfilerOptions } from '../../src/index.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { baselineOf } from '../../src/report/baseline.ts'
import { consoleReporter } from '../../src/report/reporters/console.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { each, q, trace as traceOf } from '../trace-builder.ts'

const database = await testDatabase()
const pools: pg.Pool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

function setUp(limits: ProfilerOptions['limits']) {
  // On a busy machine any query may be slow.
  const profiler = createProfiler({
    console: 'off',
    limits: limits ?? {},
    detectors: { 'slow-query': false },
  })
  const pool = profilePool(new pg.Pool({ ...database.config, max: 2 }), profiler)
  pools.push(pool)
  /** Runs it in a trace; gives that trace before and after it has closed. */
  const record = async (work: () => Promise<unknown>, look: (trace: LiveTrace) => void = () => {}) => {
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'job' })
    await trace.run(work)
    look(trace)
    trace.end()
    await trace.settled()
    return trace.finished as Trace
  }
  return { profiler, pool, record }
}

const leftOut = (profiler: ReturnType<typeof createProfiler>) =>
  /Left out: .*/.exec(consoleReporter.render(profiler.report()))?.[0]

test('rows are kept for value flow up to a number of bytes of the trace', async () => {
  const { profiler, pool, record } = setUp({ bytesPerTrace: 100_000 })
  const kept: (number | undefined)[] = []
  const finished = await record(
    async () => {
      for (let turn = 0; turn < 3; turn++) {
        await pool.query("select n, repeat('x', 1000) from generate_series(1, 60) as n")
      }
    },
    ({ queries }) => kept.push(...queries.map((query) => query.kept?.rowCount)),
  )
  const [first, second, third] = kept
  expect(first).toBe(60)
  expect(second).toBeGreaterThan(20)
  expect(second).toBeLessThan(60)
  expect(third).toBe(0)
  expect(finished.cut).toEqual({ results: 2 })
  expect(finished.queries.map(({ rows }) => rows)).toEqual([60, 60, 60])
  expect(profiler.report().cut.results).toBe(2)
  expect(leftOut(profiler)).toBe('Left out: 2 results were too large to follow all of their rows.')
})

test('a result that fits is not said to be cut', async () => {
  const { profiler, pool, record } = setUp({})
  const finished = await record(() => pool.query('select n from generate_series(1, 60) as n'))
  expect(finished.cut).toBeUndefined()
  expect(leftOut(profiler)).toBeUndefined()
})

test('rows that a cursor brings are not kept beyond the bytes of the trace', async () => {
  const { pool, record } = setUp({ bytesPerTrace: 10_000 })
  let kept = 0
  const finished = await record(
    async () => {
      const client = await pool.connect()
      const cursor = client.query(new Cursor("select repeat('x', 1000) from generate_series(1, 100)"))
      while ((await cursor.read(10)).length > 0);
      await cursor.close()
      client.release()
    },
    ({ queries }) => {
      kept = queries[0]?.kept?.rowCount ?? -1
    },
  )
  expect(kept).toBeGreaterThan(0)
  expect(kept).toBeLessThan(12)
  expect(finished.queries[0]?.rows).toBe(100)
})

test('a parameter that is too large is not kept, and equal to no other', async () => {
  const { profiler, pool, record } = setUp({ bytesPerValue: 1000 })
  const large = Buffer.alloc(2000, 7)
  const ask = (value: unknown) => pool.query('select 1 from pg_class where $1::bytea is null', [value])
  const held: unknown[] = []
  const finished = await record(
    async () => {
      await ask(large)
      await ask(large)
    },
    ({ queries }) => held.push(...queries.map(({ params }) => params?.[0])),
  )
  expect(held).not.toContain(large)
  expect(finished.cut).toEqual({ values: 2 })
  expect(profiler.report().findings).toEqual([])
  expect(leftOut(profiler)).toBe('Left out: 2 queries had a parameter that was too large to follow.')

  const small = Buffer.alloc(10, 7)
  await record(async () => {
    await ask(small)
    await ask(small)
  })
  expect(profiler.report().findings.map(({ detector }) => detector)).toEqual(['duplicate-query'])
})

test('a list that is too large is a list all the same: no loop of single rows', async () => {
  const { profiler, pool, record } = setUp({ bytesPerTrace: 5000 })
  await record(async () => {
    for (let turn = 0; turn < 20; turn++) {
      const ids = Array.from({ length: 500 }, (_, index) => index + 500 * turn)
      await pool.query('select oid from pg_class where oid = any($1)', [ids])
    }
  })
  expect(profiler.report().cut.values).toBeGreaterThan(15)
  expect(profiler.report().findings.filter(({ detector }) => detector === 'n-plus-one')).toEqual([])
})

test('only the beginning of a long statement is kept; it runs completely, and is compared with no other', async () => {
  const { profiler, pool, record } = setUp({ statementLength: 1000 })
  const long = `select count(*)::int as count from (values ${Array.from({ length: 5000 }, (_, n) => `(${n})`).join()}) as v`
  const counts: number[] = []
  const finished = await record(async () => {
    for (const sql of [long, long, long, long]) counts.push((await pool.query(sql)).rows[0].count)
  })
  expect(counts).toEqual([5000, 5000, 5000, 5000])
  expect(finished.queries.map(({ sql, sqlLength }) => [sql, sqlLength])).toEqual(
    Array(4).fill([long.slice(0, 1000), long.length]),
  )
  expect(profiler.report().findings).toEqual([])
  expect(leftOut(profiler)).toBe('Left out: 4 statements were too long to be kept whole.')
})

test('the same statements, short enough to be kept, are found', async () => {
  const { profiler, pool, record } = setUp({})
  await record(async () => {
    for (let turn = 0; turn < 4; turn++) await pool.query('select oid from pg_class where oid = 1')
  })
  expect(profiler.report().findings.map(({ detector }) => detector)).toContain('duplicate-query')
})

test('findings, names and numbers of names are limited; every trace has an id of its own', async () => {
  const { profiler, pool } = setUp({ findings: 3, routes: 4, cacheEntries: 5 })
  const ids: string[] = []
  profiler.on('report', (_report, { id }) => ids.push(id))
  for (let turn = 0; turn < 2; turn++) {
    for (let number = 0; number < 10; number++) {
      await profiler.trace(`job ${number}`, async () => {
        await pool.query('select oid from pg_class where oid = 1')
        await pool.query('select oid from pg_class where oid = 1')
      })
    }
  }
  await profiler.settled()
  const { findings, routes, cut, traces } = profiler.report()
  expect([traces, findings.length, routes.length]).toEqual([20, 3, 4])
  expect(cut).toMatchObject({ findings: 14, routes: 12 })
  expect(new Set(ids).size).toBe(20)
})

test('a name that is a text is cut', async () => {
  const { profiler } = setUp({})
  await profiler.trace('x'.repeat(100_000), () => {})
  await profiler.settled()
  expect(profiler.report().routes[0]?.name).toBe(`${'x'.repeat(500)}…`)
})

test('a loop is listed by its first queries and their number, and measured over all', () => {
  const profiler = createProfiler({ console: 'off' })
  const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)
  const loop = traceOf(
    'GET /',
    q('select id from users'),
    ...each(numbers(1300), (n) => q('select * from posts where user_id = $1', [n])),
  )
  const { findings, measured } = profiler.analyze([loop])
  const found = findings.find(({ detector }) => detector === 'n-plus-one')
  const [occurrence] = found?.occurrences ?? []
  expect(occurrence?.queries.length).toBe(1000)
  expect(occurrence?.queryCount).toBe(1300)
  expect(baselineOf({ findings: found ? [found] : [] }).findings[0]?.queries).toBe(1300)
  // Half a millisecond each.
  expect(measured[found?.key ?? '']?.spentMs).toBe(650)
  const short = profiler.analyze([
    traceOf('GET /', ...each(numbers(30), (n) => q('select * from posts where user_id = $1', [n]))),
  ])
  expect(short.findings[0]?.occurrences[0]).not.toHaveProperty('queryCount')
})

test('a job that never ends does not keep the traces that began inside it', async () => {
  const { profiler } = setUp({})
  const endless = coreOf(profiler).startTrace({ kind: 'job', name: 'worker' })
  await endless.run(async () => {
    for (let number = 0; number < 50; number++) {
      const inner = coreOf(profiler).startTrace({ kind: 'job', name: 'task' })
      inner.end()
      await inner.settled()
    }
  })
  expect(endless.children).toEqual([])
  expect(profiler.report().traces).toBe(50)
  endless.end()
})

test('a job that starts the next one when it is done is not kept by it', async () => {
  const { profiler } = setUp({})
  const chain: LiveTrace[] = []
  const run = async (left: number): Promise<void> => {
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'tick' })
    chain.push(trace)
    await trace.run(async () => {
      trace.end()
      await trace.settled()
      if (left > 0) await run(left - 1)
    })
  }
  await run(5)
  expect(chain.map(({ parent }) => parent)).toEqual(Array(6).fill(undefined))
})

test('traces that a test examines are kept until its end', async () => {
  const { profiler, pool } = setUp({})
  const outer = coreOf(profiler).startTrace({ kind: 'test', name: 'test' })
  await outer.run(async () => {
    await profiler.trace('inside', () => pool.query('select 1'))
    await profiler.settled()
    for (let number = 0; number < 300; number++)
      coreOf(profiler).startTrace({ kind: 'job', name: 'other' }).close()
  })
  expect(outer.children[0]?.finished?.queries.length).toBe(1)
  outer.end()
})

test('a context that outlives its trace holds no queries', async () => {
  const { profiler, pool, record } = setUp({})
  let first: LiveTrace | undefined
  await record(
    () => pool.query('select 1'),
    (trace) => {
      first = trace
    },
  )
  expect(first?.queries.length).toBe(1)
  for (let number = 0; number < 300; number++)
    coreOf(profiler).startTrace({ kind: 'job', name: 'other' }).close()
  expect(first?.queries).toEqual([])
})
