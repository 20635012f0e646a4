// Sends statements on a client of our own, which belongs to no pool, keeps no process alive and is not profiled.
import type { Database, QueryLimits } from '../../src/catalog/database.ts'
import { clearTimeout, setTimeout } from '../../src/host/real-time.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'

interface OwnClient {
  connect(): Promise<unknown>
  query(sql: string): Promise<{ rows: readonly unknown[] }>
  end(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  connection?: { stream?: { unref?: () => unknown; destroy?: () => unknown } }
}

export type ClientClass = new (config: object) => OwnClient

/** The function keeps the class and the options, and not the client of the application that they come from. */
export function sessionOnOwnClient(Client: ClientClass, options: object): Database['session'] {
  return async (limits, use) => {
    const client = new Client(configOf(options, limits))
    // An instrumented client is left alone by `register`, which profiles all other clients.
    sharedState().instrumented.set(client, () => {})
    // Without a listener, a connection that is cut ends the process.
    client.on('error', () => {})
    const timer = setTimeout(
      () => client.connection?.stream?.destroy?.(),
      limits.connectTimeoutMs + limits.queryTimeoutMs,
    )
    timer.unref()
    client.connection?.stream?.unref?.()
    try {
      await client.connect()
      client.connection?.stream?.unref?.()
      return await use(async (sql) => (await client.query(sql)).rows)
    } finally {
      clearTimeout(timer)
      await client.end().catch(() => {})
    }
  }
}

const CONNECTION_OPTIONS = [
  'connectionString',
  'host',
  'port',
  'user',
  'database',
  'ssl',
  'sslnegotiation',
  'options',
  'stream',
] as const

function configOf(options: object, limits: QueryLimits): Record<string, unknown> {
  const all = options as Record<string, unknown>
  const config: Record<string, unknown> = {
    application_name: limits.applicationName,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    statement_timeout: limits.queryTimeoutMs,
    lock_timeout: limits.queryTimeoutMs,
    query_timeout: limits.queryTimeoutMs,
  }
  for (const name of CONNECTION_OPTIONS) if (all[name] !== undefined) config[name] = all[name]
  // pg does not list the password among the properties of its options, so that nothing prints it.
  if (all.password !== undefined) config.password = all.password
  return config
}
