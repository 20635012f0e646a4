// The connections for the routes of the battery: a pool, Drizzle in both versions on it, and a cache as slow as a network.
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { drizzle } from 'drizzle-orm/node-postgres'
import { drizzle as drizzle1, type NodePgDatabase as NodePgDatabase1 } from 'drizzle-orm-rc/node-postgres'
import type { Pool } from 'pg'
import { profileDrizzle } from '../../adapters/drizzle/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import * as tables from './tables.ts'
import { relations as relations1 } from './tables-1-0.ts'

export interface Connections {
  pool: Pool
  db: NodePgDatabase<typeof tables>
  db1: NodePgDatabase1<typeof relations1>
  cache: Cache
}

/** Stands for a cache in another process: each answer takes a turn of the event loop. */
interface Cache {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string): Promise<void>
}

export function connect(connections: Pool, profiler: Profiler): Connections {
  const pool = profilePool(connections, profiler)
  return {
    pool,
    db: profileDrizzle(drizzle(pool, { schema: tables }), profiler),
    db1: profileDrizzle(drizzle1({ client: pool, relations: relations1 }), profiler),
    cache: remoteCache(),
  }
}

function remoteCache(): Cache {
  const kept = new Map<string, string>()
  const answer = () => new Promise((resolve) => setImmediate(resolve))
  return {
    async get(key) {
      await answer()
      return kept.get(key)
    },
    async set(key, value) {
      await answer()
      kept.set(key, value)
    },
  }
}
