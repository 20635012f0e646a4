// How pg is found in a process. Both module systems share the CommonJS files of pg, so a copy of pg is recognised by the path
// of a file, by what the file exports and by its package. A pg inside a bundle is not found.
import type { Driver, LibraryFile } from '../observe/driver.ts'

export const pgDriver: Driver = {
  packages: ['pg', 'pg-pool', 'pg-native', 'pg-cursor', 'pg-query-stream', 'pg-copy-streams'],
  classes: [
    {
      name: 'pg',
      kind: 'client',
      method: 'query',
      file: fileOf('pg', /[\\/]lib[\\/]client\.js$/, /[\\/]pg[\\/]lib[\\/]client\.js$/),
    },
    {
      name: 'pg.native',
      kind: 'client',
      method: 'query',
      file: fileOf('pg', /[\\/]lib[\\/]native[\\/]client\.js$/, /[\\/]pg[\\/]lib[\\/]native[\\/]client\.js$/),
    },
    {
      name: 'pg-pool',
      kind: 'pool',
      method: 'connect',
      file: fileOf('pg-pool', /[\\/]index\.js$/, /[\\/]pg-pool[\\/]index\.js$/),
    },
  ],
  databaseName,
  poolSize(pool) {
    const { options } = pool as PoolOrClient
    return typeof options?.max === 'number' ? options.max : undefined
  },
  // pg-pool marks its clients when it hands them out. Before that, they are in its list.
  isPooled(client, pools) {
    if ('release' in client || '_poolUseCount' in client) return true
    for (const pool of pools) if ((pool as { _clients?: object[] })._clients?.includes(client)) return true
    return false
  },
}

interface PoolOrClient {
  options?: { max?: unknown; database?: unknown; connectionString?: unknown }
  connectionParameters?: { database?: unknown }
  database?: unknown
}

function fileOf(name: string, path: RegExp, usualPath: RegExp): LibraryFile {
  return {
    package: name,
    usualPath,
    looksLike: (filename, exported) => path.test(filename) && sendsQueries(exported),
  }
}

/** Whether the value is a class with the methods that the clients and pools of pg have in common. */
function sendsQueries(exported: unknown): boolean {
  if (typeof exported !== 'function') return false
  const { prototype } = exported
  return typeof prototype?.query === 'function' && typeof prototype.connect === 'function'
}

/** Reads nothing else of what leads to the database, because that is the application's own business. */
function databaseName(source: object): string | undefined {
  const { options, connectionParameters, database } = source as PoolOrClient
  const given = connectionParameters?.database ?? options?.database ?? database
  if (typeof given === 'string') return given
  return options?.connectionString === undefined ? undefined : databaseInUrl(options.connectionString)
}

function databaseInUrl(url: unknown): string | undefined {
  try {
    return decodeURIComponent(new URL(String(url)).pathname.slice(1)) || undefined
  } catch {
    return undefined
  }
}
