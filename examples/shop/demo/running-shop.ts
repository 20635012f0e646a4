// Runs the shop on a free port with its own database. `close` removes everything again, in any state.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import type { Profiler } from 'pg-loupe'
import { createApp } from '../app.ts'
import { type Seeded, seed } from '../seed.ts'
import { indexPage } from './index-page.ts'
import type { Request } from './visits.ts'

export interface RunningShop {
  url: string
  seeded: Seeded
  /** Sends one real HTTP request. Rejects when the answer is an error. */
  send(request: Request): Promise<string>
  close(): Promise<void>
}

/** More connections than one request needs, but fewer than `Promise.all` over a page would use. */
const CONNECTIONS = 5

/** Requests under way get this much time when the shop closes, so that no query fails halfway. */
const ANSWERING_PATIENCE_MS = 2_000
/** A client keeps its connection open after the last answer, in case of another request. */
const SWEEP_MS = 20

export async function runShop(databaseUrl: string, profiler: Profiler): Promise<RunningShop> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS })
  // Without a listener, a server that stops first would end the process.
  pool.on('error', () => {})
  try {
    const seeded = await seed(pool)
    const app = createApp(pool, profiler)
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    app.get('/', (_request, response) => response.type('html').send(indexPage(url)))
    return {
      url,
      seeded,
      send: (request) => send(url, request),
      async close() {
        const closed = once(server, 'close')
        server.close()
        const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
        const patience = setTimeout(() => server.closeAllConnections(), ANSWERING_PATIENCE_MS)
        await closed
        clearInterval(sweep)
        clearTimeout(patience)
        await pool.end()
      },
    }
  } catch (error) {
    await pool.end()
    throw error
  }
}

async function send(url: string, { path, body }: Request): Promise<string> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url + path, body === undefined ? {} : post)
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
  return text
}
