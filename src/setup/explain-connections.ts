// Connections to PostgreSQL that something other than a driver that can be found has opened: what goes over them is not seen.
import type { Notice } from './notice.ts'
import type { SetupFacts, UnknownConnection } from './setup-facts.ts'

type Facts = Pick<SetupFacts, 'unknownConnections' | 'sources' | 'drivers'>

export function explainConnections({ unknownConnections, sources, drivers }: Facts): Notice[] {
  // A pool inside the bundle was handed to profilePool, or to an ORM that leads to one.
  const isKnown = drivers.length === 0 && sources.length > 0
  // A copy of postgres.js that is an ES module is found when its pool is profiled.
  const isPostgresFound = drivers.some(({ name }) => name === 'postgres.js')
  return unknownConnections
    .filter(({ usedBy }) => (usedBy === 'postgres' ? !isPostgresFound : usedBy !== undefined || !isKnown))
    .map((connection) =>
      connection.usedBy === 'postgres' ? explainPostgres(connection) : explain(connection),
    )
}

function explainPostgres({ place }: UnknownConnection): Notice {
  return {
    id: 'pg-not-found',
    key: 'pg-not-found postgres',
    level: 'fault',
    seen: 'A connection to PostgreSQL was opened by a pool of postgres.js that is not profiled.',
    nextStep: "Where the pool is created: profilePostgres(sql), from 'pg-loupe/postgres'.",
    lost: 'Its queries are in no trace, so no finding can name them.',
    place,
  }
}

function explain({ usedBy, place }: UnknownConnection): Notice {
  return {
    id: 'pg-not-found',
    key: `pg-not-found ${usedBy ?? ''}`,
    level: 'fault',
    ...(usedBy === undefined
      ? {
          seen: 'A connection to PostgreSQL was opened by a driver inside a bundle, where pg-loupe cannot find it.',
          nextStep:
            "Keep pg out of the bundle (esbuild: --external:pg, webpack: externals: { pg: 'commonjs pg' }), or call profilePool(pool) inside it.",
        }
      : {
          seen: `A connection to PostgreSQL was opened by ${usedBy}, which sends its queries neither through pg nor through postgres.js.`,
          nextStep: 'Send the queries that you want to see through pg or postgres.js.',
        }),
    lost: 'Queries over such connections are in no trace, so no finding can name them.',
    place,
  }
}
