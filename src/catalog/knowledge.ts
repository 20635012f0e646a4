// What the profiler knows of the databases behind the connections of a trace, and when: the parser and the catalog are
// loaded once, when the first trace that has used the database closes, and again after DDL. Of a trace that has used
// several databases nothing is known, because its statements are judged together.

import type { Catalog } from '../sql/bounds/catalog-shape.ts'
import { loadParser } from '../sql/index.ts'
import { type CatalogSource, catalogSource, type OwnClientListener } from './catalog-source.ts'
import { type DatabaseOfClient, databaseOfClient, nameOfDatabase } from './database-of-client.ts'

/** Those that a trace has sent queries over, each the client itself. */
type Connections = Iterable<object>

export interface Knowledge {
  /** To be told of each client that is profiled, with the options of the pool that made it. */
  addClient(client: object, poolOptions?: object): void
  /** A promise while something is being loaded; undefined when there is nothing to wait for. Never rejects. */
  loading(connections: Connections): Promise<void> | undefined
  catalog(connections: Connections): Catalog | undefined
  /** What became of each catalog that was asked for. */
  states(): CatalogState[]
  /** The schema has changed. */
  forget(connections: Connections): void
}

interface CatalogState {
  database?: string | undefined
  state: 'read' | 'failed'
  /** Of what failed: SQLSTATE, or the code of Node.js. */
  errorCode?: string
}

/** An application has one or two; of those of one that opens a database for each customer, the others stay unknown. */
const MOST_DATABASES = 3

/** `onFailure` is told of a catalog that could not be read. */
export function createKnowledge(onOwnClient: OwnClientListener, onFailure: () => void): Knowledge {
  const databases = new WeakMap<object, DatabaseOfClient>()
  const sources = new Map<string, CatalogSource>()
  let isParserAsked = false

  function sourceOf(connection: object): CatalogSource | undefined {
    const database = databases.get(connection)
    if (!database) return undefined
    let source = sources.get(database.identity)
    if (!source && sources.size < MOST_DATABASES) {
      source = catalogSource(database, onOwnClient)
      sources.set(database.identity, source)
    }
    return source
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
    addClient(client, poolOptions) {
      const database = databaseOfClient(client, poolOptions)
      if (database) databases.set(client, database)
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
      [...sources].flatMap(([identity, { isLoaded, failure }]): CatalogState[] => {
        const database = nameOfDatabase(identity)
        if (failure) return [{ database, state: 'failed', ...failure }]
        return isLoaded ? [{ database, state: 'read' }] : []
      }),
    forget(connections) {
      for (const connection of connections) sourceOf(connection)?.forget()
    },
  }
}
