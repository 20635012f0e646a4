// The watch itself: what it does to pg, and that it goes.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { createSetupWatch, type SetupWatch } from '../../adapters/observe/setup-watch.ts'
import { testDatabase } from '../postgres/test-database.ts'

const { config } = await testDatabase()
const pool = new pg.Pool({ ...config, max: 1 })
const PLENTY = { requests: 1_000, uses: 1_000 }
let watch: SetupWatch

afterEach(() => watch.stop())
afterAll(() => pool.end())

function methods(): unknown[] {
  return [pg.Pool.prototype.connect, pg.Client.prototype.query]
}

test('takes itself off after so many uses, and leaves the classes of pg as they were', async () => {
  const before = methods()
  watch = createSetupWatch({ most: { requests: 1_000, uses: 3 } })
  expect(methods()).not.toEqual(before)
  for (let at = 0; at < 5; at++) await pool.query('select 1')
  expect(methods()).toEqual(before)
  expect(watch.facts().sources.map(({ uses }) => uses.outside)).toEqual([3])
})

test('takes itself off after so many requests', async () => {
  const before = methods()
  watch = createSetupWatch({ most: { requests: 2, uses: 1_000 } })
  const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (let at = 0; at < 3; at++) await fetch(`http://127.0.0.1:${port}`)
  // A response may be read a moment before its server hears that it was sent.
  await vi.waitFor(() => expect(watch.facts().requests.seen).toBe(2))
  expect(methods()).toEqual(before)
  server.close()
  server.closeAllConnections()
})

test('changes no form of a query, and counts each use of a pool once', async () => {
  watch = createSetupWatch({ most: PLENTY })
  const called = await new Promise((resolve) => pool.query('select 1 as one', (_, { rows }) => resolve(rows)))
  const submitted = new pg.Query('select 2 as two')
  const client = await pool.connect()
  const ended = new Promise((resolve) => submitted.on('end', ({ rows }) => resolve(rows)))
  expect(client.query(submitted)).toBe(submitted)
  const rows = await ended
  client.release()
  const failed = await pool.query('select nothing').catch(({ code }) => code)
  expect([called, rows, failed]).toEqual([[{ one: 1 }], [{ two: 2 }], '42703'])
  expect(watch.facts().sources).toMatchObject([{ kind: 'pool', size: 1, uses: { outside: 3 } }])
})

test('knows clients without a pool, alike ones as one', async () => {
  watch = createSetupWatch({ most: PLENTY })
  for (let at = 0; at < 2; at++) {
    const client = new pg.Client(config)
    await client.connect()
    await client.query('select 1')
    await client.end()
  }
  expect(watch.facts().sources).toMatchObject([{ kind: 'client', uses: { outside: 2 } }])
})

test('its facts are plain data', async () => {
  watch = createSetupWatch({ most: PLENTY })
  await pool.query('select 1')
  const facts = watch.facts()
  expect(structuredClone(facts)).toEqual(facts)
  expect(JSON.stringify(facts)).not.toContain(new URL(config.connectionString).host)
})
