// Failures in the database, or on the way to it, must look to the application as they would without the profiler. Each fault
// is caused twice, on a bare pool and on a profiled one, on a server of this file's own, and the outcomes are compared.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, type Profiler } from '../../src/index.ts'
import type { Trace } from '../../src/types/trace.ts'
import { type EmbeddedServer, startEmbedded } from '../postgres/start-embedded.ts'

let server: EmbeddedServer
beforeAll(async () => {
  server = await startEmbedded()
})
afterAll(() => server.stop())

interface Place {
  pool: pg.Pool
  /** Errors of idle clients, as the pool reports them. */
  idleErrors: string[]
  profiler: Profiler | undefined
}

/** The result that the application sees: rows, or the error with all its properties. */
async function seen(query: Promise<pg.QueryResult>): Promise<unknown> {
  try {
    return (await query).rows
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException
    return { name, message, code, isError: error instanceof Error }
  }
}

async function compare(
  options: pg.PoolConfig,
  scenario: (place: Place) => Promise<unknown>,
): Promise<{ outcome: unknown; traces: Trace[] }> {
  const traces: Trace[] = []
  const outcomes: unknown[] = []
  for (const isProfiled of [false, true]) {
    const profiler = isProfiled ? createProfiler({ console: 'off' }) : undefined
    profiler?.on('report', (_report, trace) => traces.push(trace))
    const pool = new pg.Pool({ connectionString: server.url, ...options })
    if (profiler) profilePool(pool, profiler)
    const idleErrors: string[] = []
    pool.on('error', (error) => idleErrors.push((error as { code?: string }).code ?? error.message))
    const run = () => scenario({ pool, idleErrors, profiler })
    outcomes.push({
      told: await (profiler ? profiler.trace('fault', run) : run()),
      idleErrors: idleErrors.sort(),
    })
    if (!pool.ending) await pool.end()
    await profiler?.settled()
    expect(profiler?.report().cut.internalErrors ?? 0).toBe(0)
  }
  expect(outcomes[1]).toEqual(outcomes[0])
  return { outcome: outcomes[0], traces }
}

const errorsOf = (traces: readonly Trace[]) =>
  traces.flatMap(({ queries }) => queries.flatMap(({ error }) => error ?? []))

async function pids(count: number): Promise<number[]> {
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  try {
    for (;;) {
      const { rows } = await admin.query(
        `select pid from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`,
      )
      if (rows.length >= count) return rows.map(({ pid }) => pid)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  } finally {
    await admin.end()
  }
}

async function untilAnswering(pool: pg.Pool): Promise<unknown> {
  for (;;) {
    try {
      return (await pool.query('select 1 as back')).rows
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

describe('the application sees what it would have seen', () => {
  test('when connections are terminated, busy and idle', async () => {
    const { traces } = await compare({ max: 3 }, async ({ pool, idleErrors }) => {
      const idle = await pool.connect()
      const pid = (await idle.query('select pg_backend_pid() as pid')).rows[0].pid
      const busy = Promise.all([1, 2].map(() => seen(pool.query('select pg_sleep(30)'))))
      idle.release()
      const admin = new pg.Client({ connectionString: server.url })
      await admin.connect()
      for (const one of [...(await pids(2)), pid]) await admin.query('select pg_terminate_backend($1)', [one])
      await admin.end()
      const told = await busy
      while (idleErrors.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      return [told, await seen(pool.query('select 1 as alive'))]
    })
    expect(errorsOf(traces)).toEqual(['57P01', '57P01'])
  })

  test('when the server crashes during load, and comes back', async () => {
    const { traces } = await compare({ max: 4 }, async ({ pool, idleErrors }) => {
      const load = Promise.all(
        [1, 2, 3, 4, 5, 6].map((n) => seen(pool.query(`select pg_sleep(30) /* ${n} */`))),
      )
      const [victim] = await pids(4)
      process.kill(victim as number, 'SIGKILL')
      const told = (await load) as { name?: string; isError?: boolean }[]
      const back = await untilAnswering(pool)
      idleErrors.length = 0
      // Which of several messages a connection hears first, the system decides.
      return [told.map(({ isError }) => isError), back]
    })
    expect(errorsOf(traces).length).toBeGreaterThanOrEqual(6)
  })

  test('when a statement takes too long', async () => {
    const { outcome, traces } = await compare({ max: 1, statement_timeout: 500 }, async ({ pool }) => [
      await seen(pool.query('select pg_sleep(10)')),
      await seen(pool.query('select 1 as alive')),
    ])
    expect(outcome).toMatchObject({ told: [{ code: '57014' }, [{ alive: 1 }]] })
    expect(errorsOf(traces)).toEqual(['57014'])
  })

  test('when the driver gives up on a query', async () => {
    const impatient = { text: 'select pg_sleep(0.2)', query_timeout: 30 }
    await compare({ max: 1 }, async ({ pool }) => [
      await seen(pool.query(impatient)),
      await seen(pool.query('select 1 as alive')),
    ])
  })

  test('when no connection becomes free', async () => {
    const { traces } = await compare({ max: 1, connectionTimeoutMillis: 1000 }, async ({ pool }) => {
      const client = await pool.connect()
      const told = [await seen(pool.query('select 1')), await seen(pool.connect() as never)]
      client.release()
      return [told, await seen(pool.query('select 2 as alive'))]
    })
    expect(errorsOf(traces)).toHaveLength(1)
  })

  test('when the pool is ended with queries under way, waiting, and sent afterwards', async () => {
    await compare({ max: 1 }, async ({ pool }) => {
      const told = [1, 2, 3].map((n) => seen(pool.query('select $1::int as n, pg_sleep(0.02)', [n])))
      const ended = pool.end().then(
        () => 'ended',
        (error: Error) => error.message,
      )
      const late = seen(pool.query('select 4'))
      const all = Promise.race([
        Promise.all([...told, late]),
        // A request that waits in a pool that has ended waits for ever, with pg alone too.
        new Promise((resolve) => setTimeout(resolve, 500, 'still waiting')),
      ])
      return [
        await all,
        await late,
        await Promise.race([ended, new Promise((r) => setTimeout(r, 600, 'not ended'))]),
      ]
    })
  })

  test('when the role may not read the catalog', async () => {
    const admin = new pg.Client({ connectionString: server.url })
    await admin.connect()
    await admin.query('create database guarded')
    await admin.end()
    const url = new URL(server.url)
    url.pathname = '/guarded'
    const inside = new pg.Client({ connectionString: url.href })
    await inside.connect()
    await inside.query(`
      create table notes (id int primary key, text text);
      insert into notes select n, 'note' from generate_series(1, 5) as n;
      create role limited login password 'limited';
      grant select on notes to limited;
      revoke all on pg_catalog.pg_class, pg_catalog.pg_index, pg_catalog.pg_attribute, pg_catalog.pg_constraint from public;
    `)
    await inside.end()
    url.username = 'limited'
    url.password = 'limited'
    const profiler = createProfiler({ console: 'off', catalog: true })
    const warnings: unknown[] = []
    const warn = (warning: unknown) => warnings.push(warning)
    process.on('warning', warn)
    const pool = profilePool(new pg.Pool({ connectionString: url.href }), profiler)
    await profiler.trace('limited', async () => {
      expect((await pool.query('select * from notes')).rows).toHaveLength(5)
      for (let n = 1; n <= 4; n++) await pool.query('select text from notes where id = $1', [n])
    })
    await profiler.settled()
    await pool.end()
    process.removeListener('warning', warn)
    const { findings, cut, queries } = profiler.report()
    expect([queries, cut.internalErrors, warnings]).toEqual([5, 0, []])
    expect(findings.map(({ detector }) => detector)).not.toContain('unbounded-select')
  })

  test('when the server is gone', async () => {
    const own = await startEmbedded()
    const outcomes: unknown[] = []
    const pools = [false, true].map((isProfiled) => {
      const pool = new pg.Pool({ connectionString: own.url, max: 2 })
      pool.on('error', () => {})
      return isProfiled ? profilePool(pool, createProfiler({ console: 'off' })) : pool
    })
    for (const pool of pools) await pool.query('select 1')
    process.kill(own.serverPid, 'SIGKILL')
    for (const pool of pools) {
      // The first ones may still hear of the connection that breaks.
      for (let turn = 0; turn < 100; turn++) {
        const told = (await seen(pool.query('select 1'))) as { code?: string }
        if (told.code === 'ECONNREFUSED') {
          outcomes.push(told)
          break
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await pool.end()
    }
    await own.stop()
    expect(outcomes).toEqual([outcomes[0], outcomes[0]])
    expect(outcomes[0]).toMatchObject({ code: 'ECONNREFUSED' })
  })
})
