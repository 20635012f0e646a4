// Tests the messages that a profiler sends to the live panel, over a real connection and with queries of a real PostgreSQL.
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { profileRequests } from '../../../adapters/express/index.ts'
import { profilePool } from '../../../adapters/pg/index.ts'
import type { CountedMessage, ProcessMessage } from '../../../src/panel/messages.ts'
import type { ProfilerOptions } from '../../../src/profiler/options.ts'
import { createProfiler, type Profiler } from '../../../src/profiler/profiler.ts'
import { testDatabase } from '../../postgres/test-database.ts'
import { type TinyPanel, tinyPanel } from './tiny-panel.ts'

const database = await testDatabase()
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Profiled {
  panel: TinyPanel
  profiler: Profiler
  pool: pg.Pool
}

async function profiled(options: ProfilerOptions = {}): Promise<Profiled> {
  const panel = await tinyPanel()
  const profiler = createProfiler({
    console: 'off',
    catalog: false,
    panel: panel.address.address,
    ...options,
  } as ProfilerOptions)
  const pool = profilePool(new pg.Pool(database.config), profiler)
  closers.push(
    () => panel.close(),
    () => pool.end(),
  )
  await panel.until(({ type }) => type === 'hello')
  return { panel, profiler, pool }
}

const traceNamed = (panel: TinyPanel, name: string) =>
  panel.until((message) => message.type === 'trace' && message.trace.name === name && message)

test('the first message says which process it is', async () => {
  const { panel } = await profiled()
  expect(panel.messages[0]).toMatchObject({
    type: 'hello',
    protocol: 1,
    process: {
      id: expect.stringMatching(/^[\w-]{8,64}$/),
      pid: process.pid,
      folder: process.cwd(),
      nodeVersion: process.versions.node,
      explains: false,
    },
  })
  const [request] = panel.requests
  expect(request).toMatchObject({ method: 'GET', url: '/process' })
  expect(request?.headers).toMatchObject({
    host: `127.0.0.1:${panel.address.port}`,
    upgrade: 'pg-loupe',
    authorization: `Bearer ${panel.address.token}`,
  })
  expect(request?.headers).not.toHaveProperty('origin')
})

test('a trace arrives with its findings, and with no value of its queries', async () => {
  const { panel, profiler, pool } = await profiled({ recordValues: true })
  await profiler.trace('export', async () => {
    const { rows } = await pool.query(
      `select * from (values ('secret-a'), ('secret-b'), ('secret-c'), ('secret-d')) names (name)`,
    )
    for (const { name } of rows) await pool.query('select length($1::text) as secret', [name])
  })
  const { id, trace, findings } = await traceNamed(panel, 'export')
  expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(trace.queries).toHaveLength(5)
  expect(findings).toMatchObject([{ detector: 'n-plus-one', route: 'export' }])
  expect(JSON.stringify(panel.messages)).not.toContain('secret-')
  expect(trace.queries[1]?.callSite?.[0]?.file).toBe('test/panel/connect/sent-traces.test.ts')
})

test('a suppressed finding is not sent', async () => {
  const { panel, profiler, pool } = await profiled({
    suppress: [{ detector: 'n-plus-one', reason: 'a test' }],
  })
  await profiler.trace('export', async () => {
    const { rows } = await pool.query('select * from generate_series(1, 5) n')
    for (const { n } of rows) await pool.query('select $1::int', [n])
  })
  expect((await traceNamed(panel, 'export')).findings).toEqual([])
})

/** Runs a job until the panel has heard of one that was only counted: then no budget is left for full captures. */
async function runUntilCounted(panel: TinyPanel, run: () => Promise<unknown>): Promise<CountedMessage> {
  const isCounted = (message: ProcessMessage) => message.type === 'counted' && message
  const found = panel.until(isCounted)
  while (!panel.messages.some(isCounted)) await Promise.all(Array.from({ length: 50 }, run))
  return found
}

test('a trace that was only counted arrives with its counts', async () => {
  const { panel, profiler, pool } = await profiled({ capture: 'adaptive' })
  const counted = await runUntilCounted(panel, () => profiler.trace('job', () => pool.query('select 1')))
  expect(counted).toEqual({
    type: 'counted',
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    kind: 'job',
    name: 'job',
    labels: {},
    startedAt: expect.stringContaining('T'),
    queries: 1,
    durationMs: expect.any(Number),
    databaseMs: expect.any(Number),
  })
})

test('traces of a known route are captured in full again when the panel asks for it', async () => {
  const { panel, profiler, pool } = await profiled({ capture: 'adaptive' })
  const run = () => profiler.trace('job', () => pool.query('select 1'))
  await runUntilCounted(panel, run)
  const captured = () => panel.messages.filter(({ type }) => type === 'trace').length
  const before = captured()
  panel.send({ type: 'capture', route: 'job', traces: 200 })
  // The budget of known routes captures a few of so many, and never most of them.
  for (let round = 0; round < 1000 && captured() - before < 100; round++) await run()
  expect(captured() - before).toBeGreaterThanOrEqual(100)
})

test('a request without a query arrives, and its response names it', async () => {
  const { panel, profiler } = await profiled({ serverTiming: true })
  const app = express().use(profileRequests(profiler))
  app.get('/empty', (_request, response) => {
    response.send('ok')
  })
  const server = http.createServer(app).listen(0, '127.0.0.1')
  closers.push(() => server.close())
  await once(server, 'listening')
  const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/empty`)
  const { id, trace } = await traceNamed(panel, 'GET /empty')
  expect(trace.queries).toEqual([])
  expect(headers.get('pg-loupe-trace')).toBe(`${panel.address.url}#request=${id}`)
  expect(headers.get('server-timing')).toBe(`pg-loupe;desc="${id}"`)
  expect(JSON.stringify([...headers])).not.toContain(panel.address.token)
})
