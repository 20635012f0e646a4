// Connections to PostgreSQL that something other than a pg that can be found has opened: what goes over them is not seen.
import type { Notice } from './notice.ts'
import type { SetupFacts, UnknownConnection } from './setup-facts.ts'

type Facts = Pick<SetupFacts, 'unknownConnections' | 'sources' | 'drivers'>

export function explainConnections({ unknownConnections, sources, drivers }: Facts): Notice[] {
  // A pool inside the bundle was handed to profilePool, or to an ORM that leads to one.
  const isKnown = drivers.length === 0 && sources.length > 0
  return unknownConnections.filter(({ usedBy }) => usedBy !== undefined || !isKnown).map(explain)
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
          seen: `A connection to PostgreSQL was opened by ${usedBy}, which does not send its queries through pg.`,
          nextStep: 'Send the queries that you want to see through pg.',
        }),
    lost: 'Queries over such connections are in no trace, so no finding can name them.',
    place,
  }
}
