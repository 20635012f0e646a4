// Which database a client leads to, and how to connect to it once more. A pool tells the options its clients are made
// with; a client on its own (knex and Sequelize have pools of their own) holds what it made of them. It says nothing of
// a client with a socket that somebody else has made: that the same host leads to the same database is not known then.
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ClientClass } from './catalog-source.ts'

export interface DatabaseOfClient {
  /** Equal for all clients that reach one database as one role. */
  identity: string
  /** What a client takes to connect to it. */
  options: object
  Client: ClientClass
}

/** What is read of a `pg.Client`, over all versions from 8.11 on. */
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

/** `poolOptions` are those of the pool that has made the client. */
export function databaseOfClient(client: object, poolOptions?: object): DatabaseOfClient | undefined {
  const { connectionParameters: parameters, connection, password, ssl } = client as ClientInside
  const Client = clientClass(client)
  if (!parameters || !Client || parameters.replication) return undefined
  if (!poolOptions && !isOwnSocket(connection?.stream, Boolean(ssl))) return undefined
  const { host, port, user, database, options, sslnegotiation } = parameters
  return {
    identity: JSON.stringify([host, port, user, database, options]),
    options: poolOptions ?? {
      host,
      port,
      user,
      database,
      options,
      sslnegotiation,
      password,
      ssl: parameters.ssl,
    },
    Client,
  }
}

/** From the identity of a database. */
export function nameOfDatabase(identity: string): string | undefined {
  const [, , , database] = JSON.parse(identity) as unknown[]
  return typeof database === 'string' ? database : undefined
}

/** `pg.native` has none that could be seen. */
function isOwnSocket(stream: unknown, isEncrypted: boolean): boolean {
  if (stream === undefined) return true
  return stream instanceof Socket && (isEncrypted || !(stream instanceof TLSSocket))
}

/** The class of pg itself: one that an application has made of it may take other arguments. */
function clientClass(client: object): ClientClass | undefined {
  let found: ClientClass | undefined
  for (
    let prototype = Object.getPrototypeOf(client);
    prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const { constructor: made } = prototype as { constructor?: unknown }
    if (typeof made === 'function' && Object.hasOwn(prototype, 'connect')) found = made as ClientClass
  }
  return found
}
