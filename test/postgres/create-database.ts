// A database of one's own on a running server: each test file and each example gets one, so that none sees
// the tables, statistics or locks of another.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { PostgresAddress } from './started-server.ts'

export interface Database {
  name: string
  url: string
  /** To be spread into the options of a pg.Pool or pg.Client. */
  config: { connectionString: string }
  /** Drops it, also while connections to it are open. */
  drop(): Promise<void>
}

/** PostgreSQL cuts names at 63 bytes without a word; prefix, label and suffix stay below that. */
const LABEL_LENGTH = 32

export async function createDatabase(server: PostgresAddress, label = 'database'): Promise<Database> {
  const word = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, LABEL_LENGTH)
  const name = `${server.databasePrefix}_${word}_${randomBytes(3).toString('hex')}`
  // template1 cannot be copied while anybody is connected to it; nobody ever is to template0.
  await runOn(server.url, `create database ${name} template template0`)

  const address = new URL(server.url)
  address.pathname = `/${name}`
  const url = address.href
  return {
    name,
    url,
    config: { connectionString: url },
    drop: () => drop(server.url, name),
  }
}

/** PostgreSQL waits some seconds for connections that are closing; cutting those would make their pools emit errors. */
async function drop(url: string, name: string): Promise<void> {
  try {
    await runOn(url, `drop database if exists ${name}`)
  } catch (error) {
    if ((error as { code?: string }).code !== OBJECT_IN_USE) throw error
    await runOn(url, `drop database if exists ${name} with (force)`)
  }
}

const OBJECT_IN_USE = '55006'

async function runOn(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  // A server stopped in the middle is reported here too, where it would end the process; the query rejects anyway.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
