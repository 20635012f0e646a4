// Knows the catalogs of the databases behind the connections of a trace. The parser and the catalog are loaded once, when
// the first trace that used the database closes, and the catalog again after DDL. Nothing is known about a trace that used
// several databases, because its statements are judged together.
import type { Catalog } from '../sql/bounds/catalog-shape.ts'
import { loadParser } from '../sql/index.ts'
import { type CatalogSource, catalogSource } from './catalog-source.ts'
import type { Database } from './database.ts'

/** The connections that a trace has sent queries over: the objects that were given to `addConnection`. */
type Connections = Iterable<object>

export interface Knowledge {
  /** Called for each connection that is profiled and whose database is known. */
  addConnection(connection: object, database: Database): void
  /** A promise while something is being loaded; undefined when there is nothing to wait for. Never rejects. */
  loading(connections: Connections): Promise<void> | undefined
  catalog(connections: Connections): Catalog | undefined
  /** The outcome for each catalog that was asked for. */
  states(): CatalogState[]
  /** Called after the schema has changed. */
  forget(connections: Connections): void
}

interface CatalogState {
  database?: string | undefined
  state: 'read' | 'failed'
  /** With the state `failed`: SQLSTATE, or the code of Node.js. */
  errorCode?: string
}

/**
 * An application has one or two databases. An application with a database for each customer has more: the catalogs of the
 * others are not read.
 */
const MOST_DATABASES = 3

/** `onFailure` is called when a catalog could not be read. */
export function createKnowledge(onFailure: () => void): Knowledge {
  const databases = new WeakMap<object, Database>()
  const known = new Map<string, { name: string | undefined; source: CatalogSource }>()
  let isParserAsked = false

  function sourceOf(connection: object): CatalogSource | undefined {
    const database = databases.get(connection)
    if (!database) return undefined
    const { identity, name } = database
    if (!known.has(identity) && known.size < MOST_DATABASES) {
      known.set(identity, { name, source: catalogSource(database) })
    }
    return known.get(identity)?.source
  }

  function onlySource(connections: Connections): CatalogSource | undefined {
    let only: CatalogSource | undefined
    for (const connection of connections) {
      const source = sourceOf(connection)
      if (!source || (only && source !== only)) return undefined
      only = source
    }
    return only
  }

  return {
    addConnection(connection, database) {
      databases.set(connection, database)
    },
    loading(connections) {
      const source = onlySource(connections)
      if (!source || (source.isLoaded && isParserAsked)) return undefined
      return Promise.all([loadParser(), source.load()]).then(() => {
        isParserAsked = true
        if (source.failure) onFailure()
      })
    },
    catalog: (connections) => onlySource(connections)?.current(),
    states: () =>
      [...known.values()].flatMap(({ name, source: { isLoaded, failure } }): CatalogState[] => {
        if (failure) return [{ database: name, state: 'failed', ...failure }]
        return isLoaded ? [{ database: name, state: 'read' }] : []
      }),
    forget(connections) {
      for (const connection of connections) sourceOf(connection)?.forget()
    },
  }
}
