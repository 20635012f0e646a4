// Describes the database that a client of pg leads to, and how to connect to it once more. A pool has the options that its
// clients are made with. A client without a pool (knex and Sequelize have pools of their own) has what it made of its options.
// A client without a pool whose socket was made by the application has no known database: the same host may then lead
// anywhere.
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Database } from '../../src/catalog/database.ts'
import { prototypesWith } from '../../src/host/prototypes-with.ts'
import { type ClientClass, sessionOnOwnClient } from './own-client.ts'

/** The fields that are read of a `pg.Client`, in all versions from 8.11 on. */
interface ClientInside {
  password?: unknown
  ssl?: unknown
  connectionParameters?: {
    host?: unknown
    port?: unknown
    user?: unknown
    database?: unknown
    options?: unknown
    ssl?: unknown
    sslnegotiation?: unknown
    replication?: unknown
  }
  connection?: { stream?: unknown }
}

/** `poolOptions` are the options of the pool that made the client. */
export function databaseOfClient(client: object, poolOptions?: object): Database | undefined {
  const { connectionParameters: parameters, connection, password, ssl } = client as ClientInside
  const Client = clientClass(client)
  if (!parameters || !Client || parameters.replication) return undefined
  if (!poolOptions && !isOwnSocket(connection?.stream, Boolean(ssl))) return undefined
  const { host, port, user, database, options, sslnegotiation } = parameters
  const own = { host, port, user, database, options, sslnegotiation, password, ssl: parameters.ssl }
  return {
    identity: JSON.stringify([host, port, user, database, options]),
    name: typeof database === 'string' ? database : undefined,
    session: sessionOnOwnClient(Client, poolOptions ?? own),
  }
}

/** A client of `pg.native` has no socket that could be read. */
function isOwnSocket(stream: unknown, isEncrypted: boolean): boolean {
  if (stream === undefined) return true
  return stream instanceof Socket && (isEncrypted || !(stream instanceof TLSSocket))
}

/** The class of pg itself, because a class that an application derives from it may take other arguments. */
function clientClass(client: object): ClientClass | undefined {
  const outermost = prototypesWith(client, 'connect').at(-1)
  return typeof outermost?.constructor === 'function' ? (outermost.constructor as ClientClass) : undefined
}
