// Middleware that calls `next()` is below the next function on the stack, but is not its caller.
import express from 'express'
import express4 from 'express4'
import pg from 'pg'
import request from 'supertest'
import { afterAll, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const profiler = createProfiler({ console: 'off', capture: 'full' })
const traces: Trace[] = []
profiler.on('report', (_report, trace) => traces.push(trace))
const pool = profilePool(new pg.Pool(database.config), profiler)
afterAll(() => pool.end())

const ask = () => pool.query('select 1 as one')

async function namesAround(run: () => Promise<unknown>): Promise<(string | undefined)[]> {
  traces.length = 0
  await run()
  await profiler.settled()
  const [query] = traces.flatMap(({ queries }) => queries) as Query[]
  return (query?.callSite ?? []).map(({ function: name }) => name)
}

test.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('%s names the handler and its callers, and no middleware', async (_what, framework) => {
  const app = framework()
  app.use(profileRequests(profiler))
  app.use(function authenticate(_request, _response, next) {
    next()
  })
  app.use(function log(_request, _response, _next) {
    return _next()
  })
  app.get('/orders', function listOrders(_request, response, next) {
    ask().then(() => response.json([]), next)
  })
  const names = await namesAround(() => request(app).get('/orders').expect(200))
  expect(names.at(0)).toBe('ask')
  expect(names).toContain('listOrders')
  expect(names).not.toContain('authenticate')
  expect(names).not.toContain('log')
})

/** As koa composes middleware. */
type Middleware = (next: () => Promise<unknown>) => Promise<unknown>
const compose = (chain: readonly Middleware[]) => {
  const dispatch = (at: number): Promise<unknown> => {
    const handle = chain[at]
    return Promise.resolve(handle?.(dispatch.bind(null, at + 1)))
  }
  return () => dispatch(0)
}

test('middleware that awaits next() is none either', async () => {
  const handle = compose([
    async function measure(next) {
      await next()
    },
    async function listOrders() {
      await Promise.resolve()
      await ask()
    },
  ])
  const names = await namesAround(() => profiler.trace('orders', handle))
  expect(names).toContain('listOrders')
  expect(names).not.toContain('measure')
})

test("a function of the application's own that is called next stays a caller", async () => {
  const next = async () => {
    await Promise.resolve()
    await ask()
  }
  const names = await namesAround(() =>
    profiler.trace('queue', async function work() {
      await next()
    }),
  )
  expect(names).toContain('work')
})

test('a call of next() in a loop stays a caller', async () => {
  const handle = compose([
    async function again(next) {
      for (let turn = 0; turn < 3; turn++) await next()
    },
    async function listOrders() {
      await Promise.resolve()
      await ask()
    },
  ])
  expect(await namesAround(() => profiler.trace('orders', handle))).toContain('again')
})
