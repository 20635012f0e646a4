// The contract of a context store: under a contended pool each query is in the trace of the request that sent it. The
// statement contains its request's mark, and the recorded trace is compared, because the context of the continuation proves
// nothing. The application's own contexts are checked as well.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createNamespace, type Namespace } from 'cls-hooked'
import express from 'express'
import pg from 'pg'
import request from 'supertest'
import { afterEach, describe, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler, type Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { ContextStore } from '../../src/trace/context.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import type { TraceHandle } from '../../src/trace/trace-handle.ts'
import type { Trace } from '../../src/types/trace.ts'
import { called } from '../adapters/recorded.ts'
import type { Database } from '../postgres/create-database.ts'
import { inApplication, MARK, sendMarked, strangersIn } from './marked-requests.ts'
import { scenarioList } from './scenarios.ts'

const REQUESTS = 50

/** `makeStore` is given the namespace that the application lives in. */
export function contextContract(
  database: Database,
  makeStore: (namespace: Namespace) => ContextStore<TraceHandle>,
): void {
  const storage = new AsyncLocalStorage<string>()
  const namespace = createNamespace('application')
  const profiler = createProfiler({ console: 'off', context: makeStore(namespace) })
  const pools: pg.Pool[] = []
  afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())))

  const contexts = { storage, namespace }

  const pool = (options: pg.PoolConfig = {}) => {
    const pool = profilePool(new pg.Pool({ ...database.config, max: 2, ...options }), profiler)
    pools.push(pool)
    return pool
  }

  describe('50 concurrent requests', () => {
    test.each(scenarioList)('%s', async (_name, { queries, options, send }) => {
      const shared = pool(options)
      const { traces, lost } = await sendMarked(profiler, contexts, (mark, heard) =>
        send(shared, mark, heard),
      )
      expect(strangersIn(traces)).toEqual([])
      expect(new Set(traces.map((trace) => trace.queries.length))).toEqual(new Set([queries]))
      expect([...lost]).toEqual([])
    })
  })

  test('a trace within a trace has its own queries, and the outer one goes on after it', async () => {
    const shared = pool()
    const outer = coreOf(profiler).startTrace({ kind: 'test', name: 'outer' })
    await outer.run(async () => {
      await shared.query('select 1 as before')
      await profiler.trace('inner', () => shared.query('select 1 as inside'))
      await shared.query('select 1 as after')
    })
    expect(outer.queries.map(({ sql }) => sql)).toEqual(['select 1 as before', 'select 1 as after'])
    expect(outer.children.map(({ queries }) => queries.map(({ sql }) => sql))).toEqual([
      ['select 1 as inside'],
    ])
    outer.end()
    await outer.settled()
  })

  test('queries that set up a connection belong to no request', async () => {
    const setUp = pool({
      maxUses: 1,
      onConnect: (client: pg.ClientBase) => client.query('select 1 as hook'),
    } as pg.PoolConfig)
    setUp.on('connect', (client) => void client.query('select 1 as connected'))
    setUp.on('acquire', (client) => void client.query('select 1 as acquired'))
    const before = profiler.report().cut.untraced
    const traces = await run(profiler, 5, (mark) => setUp.query(`select 1 /* ${mark} */`))
    expect(traces.map(({ queries }) => queries.map(({ sql }) => sql))).toEqual(
      traces.map(({ name }) => [`select 1 /* ${name} */`]),
    )
    expect(profiler.report().cut.untraced - before).toBe(15)
  })

  test('notices of a connection do not belong to the request that opened it', async () => {
    const shared = pool({ max: 1 })
    const others = pool()
    const opener = coreOf(profiler).startTrace({ kind: 'http', name: 'opener' })
    await opener.run(() => shared.query('select 1 as opened'))
    const client = await shared.connect()
    const heard = new Promise((resolve) => {
      client.on('notification', () => resolve(others.query('select 1 as heard')))
    })
    await client.query('listen news')
    await others.query('notify news')
    await heard
    client.release()
    expect(opener.queries.map(({ sql }) => sql)).toEqual(['select 1 as opened'])
    opener.close()
  })

  test('a value that the application sets within a trace is there for its code outside', async () => {
    const seen = await namespace.runAndReturn(async () => {
      await profiler.trace('inside', async () => {
        namespace.set('user', 42)
        await Promise.resolve()
      })
      return namespace.get('user')
    })
    expect(seen).toBe(42)
  })

  test('an error passes through as it is', () => {
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'failing' })
    const error = Object.freeze(new Error('planned'))
    const fail = () => {
      throw error
    }
    expect(() => trace.run(fail)).toThrow(error)
    expect(() => coreOf(profiler).context.bind(fail)()).toThrow(error)
    expect(profiler.currentTrace()).toBeUndefined()
  })

  test('a bound function keeps its `this`, its arguments and what it returns', () => {
    const bound = coreOf(profiler).context.bind(function (this: unknown, ...args: number[]) {
      return [this, args]
    })
    const self = {}
    expect(bound.call(self, 1, 2)).toEqual([self, [1, 2]])
    expect(bound.call(self)[0]).toBe(self)
  })

  test('a function bound outside of any trace stays outside, wherever it is called', () => {
    const bound = coreOf(profiler).context.bind(() => coreOf(profiler).currentTrace())
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'other' })
    expect(trace.run(() => bound())).toBeUndefined()
  })

  describe('requests in Express', () => {
    test('events of request and response, timers and what follows the response, 50 at once', async () => {
      const shared = pool()
      const traces: Trace[] = []
      const stop = profiler.on('report', (_report, trace) => {
        if (trace.kind === 'http') traces.push(trace)
      })
      const pending: Promise<unknown>[] = []
      const lost = new Set<string>()
      const app = express()
      app.use((request, _response, next) => inApplication(contexts, markOf(request.url), next))
      app.use(profileRequests(profiler))
      app.post('/:mark', (request, response) => {
        const mark = markOf(request.url)
        const send = (what: string) => {
          const query = called((done) =>
            shared.query(`select 1 as ${what} /* ${mark} */`, (error) => done(error)),
          )
          pending.push(query)
          return query
        }
        request.on('data', () => void send('data'))
        request.on('end', async () => {
          await send('body')
          if (storage.getStore() !== undefined && storage.getStore() !== mark) lost.add('storage')
          setTimeout(() => response.end('done'), 1)
        })
        response.on('finish', () => void send('finish'))
        response.on('close', () => {
          void send('close')
          setImmediate(() => send('later'))
        })
        void send('handler')
      })
      const server = app.listen(0)
      await Promise.all(
        Array.from({ length: REQUESTS }, (_, number) =>
          request(server).post(`/request-${number}`).send('body').expect(200),
        ),
      )
      await new Promise((resolve) => server.close(resolve))
      await Promise.all(pending)
      await profiler.settled()
      stop()

      expect(lost).toEqual(new Set())
      expect(traces).toHaveLength(REQUESTS)
      for (const { queries } of traces) {
        const marks = new Set(queries.map(({ sql }) => MARK.exec(sql)?.[1]))
        expect(marks.size).toBe(1)
        const sent = queries.map(({ sql, afterResponse }) => [
          /as (\w+)/.exec(sql)?.[1],
          afterResponse ?? false,
        ])
        expect(sent.sort()).toEqual([
          ['body', false],
          ['close', true],
          ['data', false],
          ['finish', true],
          ['handler', false],
          ['later', true],
        ])
      }
    })
  })
}

async function run(
  profiler: Profiler,
  count: number,
  serve: (mark: string) => Promise<unknown>,
): Promise<LiveTrace[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const mark = `request-${number}`
      const trace = coreOf(profiler).startTrace({ kind: 'http', name: mark })
      await trace.run(() => serve(mark))
      trace.end()
      await trace.settled()
      return trace
    }),
  )
}

function markOf(url: string): string {
  return url.split('/')[1] ?? ''
}
