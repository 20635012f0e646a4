// Reads the catalog of a database on a connection of its own: it takes no slot of a pool, keeps no process alive, gives
// up after a while, and is asked once for each database. Where that is impossible there is no catalog, and whoever wanted
// one says less; the reason is kept.

import { clearTimeout, setTimeout } from '../host/real-time.ts'
import type { Catalog } from '../sql/bounds/catalog-shape.ts'
import { errorCode } from '../text/error-code.ts'
import type { DatabaseOfClient } from './database-of-client.ts'
import { type Queryable, readCatalog } from './read-catalog.ts'

interface OwnClient extends Queryable {
  connect(): Promise<unknown>
  end(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  connection?: { stream?: { unref?: () => unknown; destroy?: () => unknown } }
}

export type ClientClass = new (config: object) => OwnClient

export interface CatalogSource {
  /** The catalog when it has been read, and undefined until then, or when it could not be. */
  current(): Catalog | undefined
  /** Nothing would be gained by waiting. */
  readonly isLoaded: boolean
  /** Why it could not be read. */
  readonly failure: CatalogFailure | undefined
  /** Reads it unless it has been read. Never rejects. */
  load(): Promise<Catalog | undefined>
  /** To be told of every DDL statement: a schema that changed is read anew when it is asked for next. */
  forget(): void
}

interface CatalogFailure {
  /** SQLSTATE, or the code of Node.js. */
  errorCode: string
}

const CONNECT_TIMEOUT_MS = 3_000
const QUERY_TIMEOUT_MS = 5_000

const sources = new Map<string, CatalogSource>()
/** Databases remembered; the first is forgotten when there are more. */
const KNOWN_DATABASES = 100

/** Told of the client before it connects, so that its queries are not taken for the application's. */
export type OwnClientListener = (client: object) => void

type Access = Pick<DatabaseOfClient, 'options' | 'Client'>

/** One source for each database and role, whoever asks. */
export function catalogSource(database: DatabaseOfClient, onOwnClient?: OwnClientListener): CatalogSource {
  const { identity } = database
  const known = sources.get(identity)
  if (known !== undefined) return known
  const source = createCatalogSource(database, onOwnClient)
  if (sources.size >= KNOWN_DATABASES) sources.delete(sources.keys().next().value as string)
  sources.set(identity, source)
  return source
}

export function createCatalogSource(access: Access, onOwnClient?: OwnClientListener): CatalogSource {
  let catalog: Catalog | undefined
  let loading: Promise<Catalog | undefined> | undefined
  let failure: CatalogFailure | undefined
  let isLoaded = false
  let generation = 0
  return {
    current: () => catalog,
    get failure() {
      return failure
    },
    get isLoaded() {
      return isLoaded
    },
    load() {
      loading ??= read(generation)
      return loading
    },
    forget() {
      generation++
      catalog = undefined
      failure = undefined
      loading = undefined
      isLoaded = false
    },
  }

  async function read(started: number): Promise<Catalog | undefined> {
    const made = await readOnce(access, onOwnClient)
    // A schema that changed meanwhile makes it outdated already.
    if (started === generation) {
      if ('errorCode' in made) failure = made
      else catalog = made
      isLoaded = true
    }
    return catalog
  }
}

async function readOnce(access: Access, onOwnClient?: OwnClientListener): Promise<Catalog | CatalogFailure> {
  let client: OwnClient
  try {
    client = createClient(access)
  } catch (error) {
    return { errorCode: errorCode(error) }
  }
  onOwnClient?.(client)
  // Without a listener, a connection that is cut ends the process.
  client.on('error', () => {})
  const timer = setTimeout(
    () => client.connection?.stream?.destroy?.(),
    CONNECT_TIMEOUT_MS + QUERY_TIMEOUT_MS,
  )
  timer.unref()
  client.connection?.stream?.unref?.()
  try {
    await client.connect()
    client.connection?.stream?.unref?.()
    return await readCatalog(client)
  } catch (error) {
    return { errorCode: errorCode(error) }
  } finally {
    clearTimeout(timer)
    await client.end().catch(() => {})
  }
}

function createClient({ options, Client }: Access): OwnClient {
  return new Client({
    ...connectionOptions(options),
    application_name: 'pg-loupe catalog',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: QUERY_TIMEOUT_MS,
    lock_timeout: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  })
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

/** pg keeps the password where it is not listed, so that it is not printed. */
function connectionOptions(options: object): Record<string, unknown> {
  const all = options as Record<string, unknown>
  const chosen: Record<string, unknown> = {}
  for (const name of CONNECTION_OPTIONS) if (all[name] !== undefined) chosen[name] = all[name]
  if (all.password !== undefined) chosen.password = all.password
  return chosen
}
