// Describes the database that a pool of postgres.js leads to, and sends statements there over a connection of our own, which
// belongs to no pool of the application, keeps no process alive and is not profiled.
import { connect, type Socket } from 'node:net'
import type { Database } from '../../src/catalog/database.ts'
import type { OptionsInside } from './postgres-like.ts'

/** The function that makes pools. */
export type PostgresFactory = (options: object) => {
  unsafe(sql: string): Promise<readonly unknown[]>
  end(options: { timeout: number }): Promise<unknown>
}

/** `factoryOf` finds the function of the copy of postgres.js that made the pool. */
export function databaseOf(
  options: OptionsInside,
  factoryOf: () => Promise<PostgresFactory>,
): Database | undefined {
  const { host, port, path, user, database, connection = {} } = options
  if (connection.replication || (options.socket && !path && !host)) return undefined
  const { application_name: _name, ...settings } = connection
  return {
    identity: JSON.stringify([host, port, path, user, database, settings]),
    name: database,
    async session({ applicationName, connectTimeoutMs, queryTimeoutMs }, use) {
      const factory = await factoryOf()
      const own = factory({
        ...options,
        max: 1,
        idle_timeout: null,
        max_lifetime: null,
        connect_timeout: connectTimeoutMs / 1000,
        fetch_types: false,
        no_subscribe: true,
        prepare: false,
        debug: false,
        socket: options.socket ?? (() => connectUnheld(options)),
        // The options of the application are parsed already; these would call its functions or convert our values.
        onnotice() {},
        onnotify: undefined,
        onclose: undefined,
        onparameter: undefined,
        transform: { undefined: undefined, column: {}, value: {}, row: {} },
        parameters: {},
        shared: { retries: 0, typeArrayMap: {} },
        connection: {
          ...settings,
          application_name: applicationName,
          statement_timeout: queryTimeoutMs,
          lock_timeout: queryTimeoutMs,
        },
      })
      try {
        // There is one connection, so the statements of a transaction go over the same one.
        return await use((sql) => own.unsafe(sql))
      } finally {
        await own.end({ timeout: 1 })
      }
    },
  }
}

/** A socket that keeps no process alive. postgres.js reads its `host` for TLS and for messages. */
function connectUnheld({ host = [], port = [], path }: OptionsInside): Socket {
  const [firstHost, firstPort] = [host[0] ?? 'localhost', port[0] ?? 5432]
  const socket = path ? connect(path) : connect({ host: firstHost, port: firstPort })
  socket.unref()
  return Object.assign(socket, { host: firstHost, port: firstPort })
}
