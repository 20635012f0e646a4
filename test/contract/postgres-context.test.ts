// The contract of a context store over postgres.js: under a contended pool each query is in the trace of the request that sent
// it, and callbacks of the application run in the contexts of that request.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createNamespace } from 'cls-hooked'
import postgres from 'postgres'
import { afterEach, describe, expect, test } from 'vitest'
import { clsHookedContext } from '../../adapters/cls-hooked.ts'
import { profilePostgres } from '../../adapters/postgres/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { asyncLocalContext } from '../../src/trace/context.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { sendMarked, strangersIn } from './marked-requests.ts'

const database = await testDatabase()
const pools: postgres.Sql[] = []
afterEach(() => Promise.all(pools.splice(0).map((sql) => sql.end())))

interface Scenario {
  queries: number
  options?: object
  send(sql: postgres.Sql, mark: string, heard: () => void): Promise<unknown>
}

const one = (sql: postgres.ISql, mark: string) => sql.unsafe(`select 1 /* ${mark} */`)
const series = (sql: postgres.ISql, mark: string) =>
  sql.unsafe(`select generate_series(1, 6) as n /* ${mark} */`, [], { simple: false } as never)

const scenarios: Record<string, Scenario> = {
  'await, twice': {
    queries: 2,
    async send(sql, mark, heard) {
      await one(sql, mark)
      heard()
      await one(sql, mark)
      heard()
    },
  },
  'then, and Promise.all': {
    queries: 3,
    send: (sql, mark, heard) => Promise.all([1, 2, 3].map(() => one(sql, mark).then(heard))).then(heard),
  },
  'a prepared statement': {
    queries: 1,
    send: (sql, mark, heard) =>
      sql.unsafe(`select $1::int /* ${mark} */`, [1], { prepare: true }).then(heard),
  },
  'a transaction with a savepoint': {
    queries: 2,
    send: (sql, mark, heard) =>
      sql.begin(async (tx) => {
        heard()
        await one(tx, mark)
        heard()
        await tx.savepoint(async (inner) => {
          heard()
          await one(inner, mark)
          heard()
        })
      }),
  },
  'a reserved connection': {
    queries: 2,
    async send(sql, mark, heard) {
      const reserved = await sql.reserve()
      heard()
      await Promise.all([one(reserved, mark).then(heard), one(reserved, mark).then(heard)])
      reserved.release()
    },
  },
  'a cursor with a callback that sends queries': {
    queries: 4,
    options: { max: 60 },
    send: (sql, mark, heard) =>
      series(sql, mark).cursor(2, () => {
        heard()
        return one(sql, mark).then(heard)
      }),
  },
  'a cursor as an iterator': {
    queries: 4,
    options: { max: 60 },
    async send(sql, mark, heard) {
      for await (const _rows of series(sql, mark).cursor(2)) {
        heard()
        await one(sql, mark)
        heard()
      }
    },
  },
  'forEach with a callback that sends queries': {
    queries: 7,
    async send(sql, mark, heard) {
      const sent: Promise<unknown>[] = []
      await series(sql, mark).forEach(() => {
        heard()
        sent.push(one(sql, mark).then(heard))
      })
      await Promise.all(sent)
    },
  },
  'a query that fails': {
    queries: 2,
    async send(sql, mark, heard) {
      await sql.unsafe(`select nope /* ${mark} */`).catch(heard)
      await one(sql, mark)
      heard()
    },
  },
  'queries from timers, immediates, ticks and microtasks': {
    queries: 4,
    send: (sql, mark, heard) =>
      Promise.all(
        [(fn: () => void) => setTimeout(fn, 2), setImmediate, process.nextTick, queueMicrotask].map(
          (later) => new Promise<void>((resolve) => later(() => resolve(one(sql, mark).then(heard)))),
        ),
      ),
  },
}

describe.each(['AsyncLocalStorage', 'cls-hooked'])('50 concurrent requests with %s', (store) => {
  const storage = new AsyncLocalStorage<string>()
  const namespace = createNamespace(`application of ${store}`)
  const context = store === 'cls-hooked' ? clsHookedContext(namespace) : asyncLocalContext()
  const profiler = createProfiler({ console: 'off', hints: false, context: context as never })

  test.each(Object.entries(scenarios))('%s', async (_name, { queries, options, send }) => {
    const sql = profilePostgres(postgres(database.url, { max: 2, ...options }), profiler)
    pools.push(sql)
    const { traces, lost } = await sendMarked(profiler, { storage, namespace }, (mark, heard) =>
      send(sql, mark, heard),
    )
    expect(strangersIn(traces)).toEqual([])
    const marked = traces.map((trace) => trace.queries.filter(({ sql }) => sql.includes('/*')).length)
    expect(new Set(marked)).toEqual(new Set([queries]))
    expect([...lost]).toEqual([])
  })
})

describe('a connection of its own', () => {
  const profiler = createProfiler({ console: 'off', hints: false, capture: 'full' })
  const poolOf = () => {
    const sql = profilePostgres(postgres(database.url, { max: 1 }), profiler)
    pools.push(sql)
    return sql
  }

  test('for listen belongs to no request, and neither do its messages', async () => {
    const sql = poolOf()
    const trace = coreOf(profiler).startTrace({ kind: 'http', name: 'opener' })
    const messages: unknown[] = []
    const heard = new Promise<void>((resolve) => {
      void trace.run(async () => {
        await sql.listen('news', async (message) => {
          messages.push(message, profiler.currentTrace())
          await sql`select 1 as heard`
          resolve()
        })
        await sql.notify('news', 'text')
      })
    })
    await heard
    expect(messages).toEqual(['text', undefined])
    expect(trace.queries.map(({ sql }) => sql)).toEqual(['select pg_notify($1, $2)'])
    trace.close()
  })

  test('that is opened for a request outlives it, with its type query recorded nowhere', async () => {
    const sql = poolOf()
    const before = profiler.report().cut.untraced
    await profiler.trace('job', () => sql`select 1`)
    await profiler.settled()
    expect(profiler.report().cut.untraced).toBe(before)
  })
})
