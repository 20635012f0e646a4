// Tests that work after a response is in its trace, also when the event loop is blocked in between.
import express from 'express'
import pg from 'pg'
import request from 'supertest'
import { expect, test } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
/** Longer than a trace waits for what follows. */
const STALL_MS = 200

test.each([
  ['is busy', true],
  ['goes on', false],
])('a query soon after the response is in its trace, where the event loop %s', async (_what, isBusy) => {
  const profiler = createProfiler({ console: 'off' })
  const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
  const app = express()
  app.use(profileRequests(profiler))
  let audited = () => {}
  const audit = new Promise<void>((resolve) => {
    audited = resolve
  })
  app.get('/orders', async (_request, response) => {
    await pool.query('select 1')
    response.once('finish', () => {
      setTimeout(async () => {
        await pool.query('select 2')
        audited()
      }, 15)
      if (isBusy) setImmediate(blockEventLoop)
    })
    response.send('ok')
  })
  await request(app).get('/orders').expect(200)
  await audit
  await profiler.settled()
  await pool.end()
  const { routes, cut } = profiler.report()
  expect(routes.map(({ name, queries }) => [name, queries.max])).toEqual([['GET /orders', 2]])
  expect(cut.untraced).toBe(0)
})

function blockEventLoop(): void {
  const end = performance.now() + STALL_MS
  while (performance.now() < end);
}
