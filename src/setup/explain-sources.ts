// Pools and clients that requests use and that nobody profiles, or that another profiler does than the requests.
import { plural } from '../text/plural.ts'
import type { Notice } from './notice.ts'
import type { SetupFacts, SourceFacts } from './setup-facts.ts'

/** These libraries open their own connections, so there is no pool to pass to `profilePool`. */
const ORMS_WITH_CONNECTIONS: ReadonlySet<string> = new Set([
  'knex',
  'sequelize',
  'typeorm',
  '@prisma/adapter-pg',
])
/** These libraries are given the application's own pool. */
const ORMS_WITHOUT: ReadonlySet<string> = new Set(['drizzle-orm', 'kysely'])

export function explainSources(facts: SetupFacts): Notice[] {
  const { sources, profilers } = facts
  if (profilers.length === 0) return []
  return sources.flatMap((source, position) => {
    if (source.isLeftOut) return []
    if (source.profiler === undefined) return explainUnprofiled(source, position, facts)
    return source.uses.inOtherTraces > 0 ? [explainOther(source, position, facts)] : []
  })
}

function explainUnprofiled(source: SourceFacts, position: number, facts: SetupFacts): Notice[] {
  const uses = source.uses.inOtherTraces + source.uses.inUntracedRequests
  if (uses === 0 && !isAllThereIs(source, facts)) return []
  const { kind, database, usedBy, place } = source
  const what = `${kind}${database === undefined ? '' : ` of the database ${database}`}`
  const isLibrary = usedBy !== undefined && !ORMS_WITHOUT.has(usedBy)
  const hasConnections = isLibrary && isOrmWithConnections(usedBy)
  const isOther = facts.sources.some(({ uses }) => uses.captured > 0)
  const id = isOther ? 'another-pool-not-profiled' : 'pool-of-requests-not-profiled'
  return [
    {
      id,
      // The id may change while requests come, and the notice is still the same.
      key: `not-profiled ${position}`,
      level: isLibrary && !hasConnections ? 'hint' : 'fault',
      seen:
        (isLibrary ? `${usedBy} uses a ${what} that is not profiled` : `A ${what} is not profiled`) +
        (uses > 0 ? `, and requests or jobs used it ${times(uses)}.` : ', and all queries go through it.'),
      lost: 'Its queries are in no trace, so no finding can name them.',
      nextStep: nextStepOf(source, hasConnections, isLibrary),
      place,
    },
  ]
}

/** The call that profiles a pool or client, with more arguments. */
function callOf({ kind, driver }: SourceFacts, more = ''): string {
  if (driver === 'postgres.js') return `profilePostgres(sql${more})`
  return kind === 'pool' ? `profilePool(pool${more})` : `profileClient(client${more})`
}

function nextStepOf(source: SourceFacts, hasConnections: boolean, isLibrary: boolean): string {
  const { kind, driver, usedBy } = source
  if (hasConnections)
    return `Start the application with node --require pg-loupe/register, which profiles the connections of ${usedBy}.`
  const step = callOf(source)
  if (isLibrary) return `To see them, hand its ${kind} to ${step}, or hand your profiled pool to ${usedBy}.`
  return `Where the ${kind} is created: ${step}, from 'pg-loupe/${driver === 'postgres.js' ? 'postgres' : 'pg'}'.`
}

/** A script at its end that has sent everything through what nobody profiles, and nothing through what is profiled. */
function isAllThereIs(source: SourceFacts, { isServer, isEnding, sources }: SetupFacts): boolean {
  return (
    isEnding &&
    !isServer &&
    source.uses.outside > 0 &&
    sources.every(({ profiler, uses }) => profiler === undefined || uses.captured + uses.outside === 0)
  )
}

function explainOther(source: SourceFacts, position: number, { profilers }: SetupFacts): Notice {
  const isDefault = source.profiler !== undefined && profilers[source.profiler]?.isDefault
  const byRequests = profilers.some(({ requests }, other) => other !== source.profiler && requests > 0)
  const tracing = byRequests ? 'profileRequests' : 'profiler.trace'
  return {
    id: 'different-profilers',
    key: `different-profilers ${position}`,
    level: 'fault',
    seen: `A ${source.kind} is profiled by one profiler, and the requests or jobs that use it are traced by another (${tracing}).`,
    lost: `What they sent through it is in no trace: it was used ${times(source.uses.inOtherTraces)}.`,
    nextStep:
      isDefault || !byRequests
        ? `Give both the same profiler: ${callOf(source, ', profiler')}.`
        : 'Give both the same profiler: profileRequests(profiler).',
    place: source.place,
  }
}

function isOrmWithConnections(name: string): boolean {
  return ORMS_WITH_CONNECTIONS.has(name) || name.startsWith('@mikro-orm/')
}

function times(count: number): string {
  return plural(count, 'time')
}
