// Tests that queries are captured, and are kept apart from all other work in the process.
import express from 'express'
import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { captureQueries } from '../../src/testing/index.ts'
import { failureOf } from './failure-of.ts'
import { openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
beforeAll(() => putBooks(20))
afterAll(() => pool.end())

const app = express()
app.use(profileRequests(profiler))
app.get('/authors', async (_request, response) => void response.json(await authorsAtOnce()))
app.get('/endless', async (_request, response) => {
  await authorsAtOnce()
  response.write('and so on')
})

test('returns the result, the queries in their order, their traces and their findings', async () => {
  const captured = await captureQueries(authorsOneByOne, profiler)
  expect(captured.result).toHaveLength(20)
  expect(captured.count).toBe(21)
  expect(captured.queries[0]?.sql).toContain('from books')
  expect(captured.traces.map(({ kind, name }) => [kind, name])).toEqual([['test', 'captureQueries']])
  expect(captured.report.findings.map(({ detector }) => detector)).toEqual(['n-plus-one'])
})

test('returns the queries of a request in their own trace, named by its route', async () => {
  const captured = await captureQueries(async () => {
    await pool.query('select 1')
    return request(app).get('/authors')
  }, profiler)
  expect(captured.result.body).toHaveLength(20)
  expect(captured.traces.map(({ name, queries }) => [name, queries.length])).toEqual([
    ['captureQueries', 1],
    ['GET /authors', 2],
  ])
  expect(captured.queries.map(({ sql }) => sql.split(' from ')[1])).toEqual([
    undefined,
    'books order by id',
    'authors where id = any($1)',
  ])
})

test('a run without queries is no error', async () => {
  expect(await captureQueries(() => 'idle', profiler)).toMatchObject({ result: 'idle', count: 0, traces: [] })
})

test('an empty trace is named after the enclosing test', async () => {
  const around = profiler.startTrace({ kind: 'test', name: 'authors > are listed' })
  const captured = await around.run(() => captureQueries(authorsAtOnce, profiler))
  around.end()
  expect(captured.traces.map(({ name }) => name)).toEqual(['authors > are listed'])
})

test('fifty concurrent captures see only their own queries', async () => {
  const counts = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const { count } = await captureQueries(async () => {
        for (let i = 0; i < index; i++) await pool.query('select $1::int', [i])
      }, profiler)
      return count
    }),
  )
  expect(counts).toEqual(Array.from({ length: 50 }, (_, index) => index))
})

test('a response that never ends does not hold it up', async () => {
  const captured = await captureQueries(async () => {
    const server = app.listen(0)
    const { port } = server.address() as { port: number }
    const stop = new AbortController()
    const answer = await fetch(`http://127.0.0.1:${port}/endless`, { signal: stop.signal })
    return { stop, server, answer }
  }, profiler)
  expect(captured.count).toBe(2)
  captured.result.stop.abort()
  captured.result.server.closeAllConnections()
  captured.result.server.close()
})

test('throws the error of the function unchanged, and a plain error when the profiler is off', async () => {
  const planned = new Error('planned')
  expect(await failureOf(() => captureQueries(() => Promise.reject(planned), profiler))).toBe(planned)
  const off = createProfiler({ enabled: false })
  expect((await failureOf(() => captureQueries(authorsAtOnce, off))).message).toContain('the profiler is off')
  expect((await failureOf(() => captureQueries(authorsAtOnce, {} as never))).message).toContain(
    'captureQueries takes a profiler from createProfiler() as its last argument',
  )
})
