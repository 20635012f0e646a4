// Reads the catalog of a database once, when it is first needed, and again after the schema has changed. When that is
// impossible there is no catalog: whatever needs it then says less. The reason is kept.
import type { Catalog } from '../sql/bounds/catalog-shape.ts'
import { errorCode } from '../text/error-code.ts'
import type { Database, QueryLimits } from './database.ts'
import { readCatalog } from './read-catalog.ts'

export interface CatalogSource {
  /** The catalog; undefined until it has been read, and when it could not be read. */
  current(): Catalog | undefined
  /** There is nothing to wait for: the catalog was read, or could not be read. */
  readonly isLoaded: boolean
  /** Why the catalog could not be read. */
  readonly failure: CatalogFailure | undefined
  /** Reads the catalog unless it was read before. Never rejects. */
  load(): Promise<Catalog | undefined>
  /** Called after each DDL statement: the next `load` reads the catalog again. */
  forget(): void
}

interface CatalogFailure {
  /** SQLSTATE, or the code of Node.js. */
  errorCode: string
}

const LIMITS: QueryLimits = {
  applicationName: 'pg-loupe catalog',
  connectTimeoutMs: 3_000,
  queryTimeoutMs: 5_000,
}

const sources = new Map<string, CatalogSource>()
/** The number of databases that are remembered. The oldest one is forgotten when there are more. */
const KNOWN_DATABASES = 100

/** Returns the same source for all profilers that use the same database as the same role. */
export function catalogSource(database: Database): CatalogSource {
  const { identity } = database
  const known = sources.get(identity)
  if (known !== undefined) return known
  const source = createCatalogSource(database)
  if (sources.size >= KNOWN_DATABASES) sources.delete(sources.keys().next().value as string)
  sources.set(identity, source)
  return source
}

export function createCatalogSource(database: Pick<Database, 'session'>): CatalogSource {
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
    const result = await readOnce(database)
    // A catalog is outdated already if the schema changed while it was read.
    if (started === generation) {
      if ('errorCode' in result) failure = result
      else catalog = result
      isLoaded = true
    }
    return catalog
  }
}

async function readOnce(database: Pick<Database, 'session'>): Promise<Catalog | CatalogFailure> {
  try {
    return await database.session(LIMITS, (send) =>
      readCatalog({ query: async (sql) => ({ rows: await send(sql) }) }),
    )
  } catch (error) {
    return { errorCode: errorCode(error) }
  }
}
