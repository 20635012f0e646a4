// Tests work that continues after a response, or after a function that did not wait for it: an assertion waits for the end of
// that work.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { captureQueries, expectNoNPlusOne, expectQueryCount } from '../../src/testing/index.ts'
import { failureOf } from './failure-of.ts'
import { openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
beforeAll(() => putBooks(20))
afterAll(() => pool.end())

const books = async () => (await pool.query('select id, author_id from books order by id')).rows
const author = (id: number) => pool.query('select name from authors where id = $1', [id])

const app = express()
app.use(profileRequests(profiler))
app.post('/loop/after', async (_request, response) => {
  const rows = await books()
  response.status(202).json({ ok: true })
  for (const { author_id } of rows) await author(author_id)
})
app.post('/list/after', async (_request, response) => {
  response.status(202).json({ ok: true })
  for (const { author_id } of await books()) await author(author_id)
})
app.post('/pauses', async (_request, response) => {
  const rows = await books()
  response.status(202).json({ ok: true })
  for (const { author_id } of rows) {
    await sleep(2)
    await author(author_id)
  }
})
app.post('/on-finish', async (_request, response) => {
  response.on('finish', () => void authorsOneByOne())
  response.status(202).json({ ok: true })
})
app.post('/at-once/after', async (_request, response) => {
  response.status(202).json({ ok: true })
  await authorsAtOnce()
})
app.post('/endless', async (_request, response) => {
  response.status(202).json({ ok: true })
  while (isOpen) await author(1001)
})
let isOpen = true

describe.each([
  ['with the middleware', (path: string) => request(app).post(path).expect(202)],
  ['without it', (path: string) => request(bare).post(path).expect(202)],
])('a server %s', (_name, ask) => {
  test.each(['/loop/after', '/list/after', '/pauses', '/on-finish'])(
    'has all queries counted that %s sends after its response, and its loop is found',
    async (path) => {
      expect((await captureQueries(() => ask(path), profiler)).count).toBe(21)
      const error = await failureOf(() => expectNoNPlusOne(() => ask(path), profiler))
      expect(error.message).toContain('found 1 N+1 in 21 queries')
    },
  )

  test('passes when one query follows the response', async () => {
    await expectNoNPlusOne(() => ask('/at-once/after'), profiler)
    await expectQueryCount(() => ask('/at-once/after'), { exactly: 2 }, profiler)
  })
})

/** The same application without the middleware, so that only the assertion traces its requests. */
const withoutMiddleware = express()
const routes = app.router.stack.filter(({ route }) => route)
withoutMiddleware.use((request, response, next) => {
  const route = routes.find(({ route }) => route?.path === request.path)?.route
  if (route) void route.stack[0]?.handle(request, response, next)
  else next()
})
const bare = http.createServer(withoutMiddleware)

test('a loop that a function has started without waiting for it is found', async () => {
  const error = await failureOf(() => expectNoNPlusOne(() => void authorsOneByOne(), profiler))
  expect(error.message).toContain('found 1 N+1 in 21 queries')
})

test('there is no wait after a function that left no work behind', async () => {
  const trace = coreOf(profiler).startTrace({ kind: 'test', name: 'awaited' })
  await trace.run(authorsAtOnce)
  trace.end()
  // This runs before any timer.
  await Promise.race([trace.settled(), new Promise((resolve) => setImmediate(resolve))])
  expect(trace.closed).toBe(true)
})

test('work that never ends is inconclusive, and never counts as proven', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => {
    isOpen = false
    warned.mockRestore()
  })
  const server = app.listen(0)
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const ask = () => fetch(`http://127.0.0.1:${port}/endless`, { method: 'POST' })
  const options = { max: 1_000_000, inconclusive: 'fail' as const }
  const error = await failureOf(() => expectQueryCount(ask, options, profiler))
  expect(error.message).toContain(
    '2 s after the end of the function, queries of POST /endless were still running',
  )
  await expectQueryCount(ask, { max: 1_000_000 }, profiler)
  expect(warned).toHaveBeenCalledOnce()
})
