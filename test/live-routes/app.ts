// All routes of the battery in one process, set up as the README says: one application of Express 5 and, for the routes of
// `express-4.ts`, one of Express 4, over one pool.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import express4 from 'express4'
import type { Pool } from 'pg'
import { profileRequests } from '../../adapters/express/index.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { connect } from './connections.ts'
import * as bounds from './routes/bounds.ts'
import * as dashboards from './routes/dashboards.ts'
import * as drizzle from './routes/drizzle.ts'
import * as drizzleRc from './routes/drizzle-rc.ts'
import * as duplicates from './routes/duplicates.ts'
import * as express4Routes from './routes/express-4.ts'
import * as imports from './routes/imports.ts'
import * as inBetween from './routes/in-between.ts'
import * as lists from './routes/lists.ts'
import * as origins from './routes/origins.ts'
import * as results from './routes/results.ts'
import * as rows from './routes/rows.ts'
import * as sideBySide from './routes/side-by-side.ts'
import * as structure from './routes/structure.ts'
import * as unread from './routes/unread.ts'
import * as values from './routes/values.ts'
import * as variations from './routes/variations.ts'
import * as writes from './routes/writes.ts'
import type { SentRequest, Visit } from './visit.ts'

export const visits: readonly Visit[] = [
  ...lists.visits,
  ...sideBySide.visits,
  ...values.visits,
  ...rows.visits,
  ...duplicates.visits,
  ...bounds.visits,
  ...unread.visits,
  ...writes.visits,
  ...structure.visits,
  ...dashboards.visits,
  ...imports.visits,
  ...inBetween.visits,
  ...origins.visits,
  ...results.visits,
  ...variations.visits,
  ...drizzle.visits,
  ...drizzleRc.visits,
  ...express4Routes.visits,
]

export interface LiveApp {
  /** The status of the answer. */
  send(request: SentRequest): Promise<number>
  close(): Promise<void>
}

export async function startApp(pool: Pool, profiler: Profiler): Promise<LiveApp> {
  const connections = connect(pool, profiler)

  const app = express()
  app.use(profileRequests(profiler))
  app.use(express.json())
  app.use('/lists', lists.lists(connections))
  app.use('/side-by-side', sideBySide.sideBySide(connections))
  app.use('/values', values.values(connections))
  app.use('/rows', rows.rows(connections))
  app.use('/duplicates', duplicates.duplicates(connections))
  app.use('/bounds', bounds.bounds(connections))
  app.use('/unread', unread.unread(connections))
  app.use('/writes', writes.writes(connections))
  app.use('/structure', structure.structure(connections))
  app.use('/dashboards', dashboards.dashboards(connections))
  app.use('/imports', imports.imports(connections))
  app.use('/in-between', inBetween.inBetween(connections))
  app.use('/origins', origins.origins(connections))
  app.use('/results', results.results(connections))
  app.use('/variations', variations.variations(connections))
  app.use('/drizzle', drizzle.drizzleRoutes(connections))
  app.use('/drizzle-rc', drizzleRc.drizzleRcRoutes(connections))

  const app4 = express4()
  app4.use(profileRequests(profiler))
  app4.use(express4.json())
  app4.use('/express-4', express4Routes.express4Routes(connections))

  const servers = [await listen(app), await listen(app4)]
  const [origin, origin4] = servers.map(
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  )
  return {
    async send({ method, path, body }) {
      const response = await fetch(`${path.startsWith('/express-4/') ? origin4 : origin}${path}`, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      await response.text()
      return response.status
    },
    async close() {
      await Promise.all(
        servers.map(async (server) => {
          server.closeAllConnections()
          server.close()
          await once(server, 'close')
        }),
      )
      await pool.end()
    },
  }
}

async function listen(app: { listen(port: number, host: string): Server }): Promise<Server> {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
