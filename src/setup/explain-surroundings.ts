// Notices about what decides whether pg-loupe works at all: versions, variables, and a profiler that is off.
import { plural } from '../text/plural.ts'
import type { Notice } from './notice.ts'
import type { PackageFacts, SetupFacts } from './setup-facts.ts'

/** As `engines` of package.json and docs/pg.md say. */
const OLDEST_NODE = '20.19.0'
const OLDEST_PG = '8.11.1'

export function explainVersions({ surroundings, drivers }: SetupFacts): Notice[] {
  if (!surroundings) return []
  const { node, versions } = surroundings
  const oldDrivers = drivers.filter(
    ({ name, version }) => name !== 'postgres.js' && version !== undefined && isOlder(version, OLDEST_PG),
  )
  return [
    ...(isOlder(node, OLDEST_NODE) ? [nodeTooOld(node)] : []),
    ...oldDrivers.map(pgTooOld),
    ...(versions.length > 1 ? [twoVersions(versions)] : []),
  ]
}

function nodeTooOld(version: string): Notice {
  return {
    id: 'node-too-old',
    key: 'node-too-old',
    level: 'fault',
    seen: `The process runs on Node.js ${version}.`,
    lost: `pg-loupe needs ${OLDEST_NODE} or later, and may fail or see nothing here.`,
    nextStep: 'nvm install 20',
  }
}

function pgTooOld({ version = '' }: PackageFacts): Notice {
  return {
    id: 'pg-too-old',
    key: `pg-too-old ${version}`,
    level: 'fault',
    seen: `The process has loaded pg ${version}.`,
    lost: `Queries are captured with pg ${OLDEST_PG} or later; with older versions it is not tested, and some may be missing.`,
    nextStep: 'npm install pg@8',
  }
}

function twoVersions(versions: readonly string[]): Notice {
  return {
    id: 'two-versions',
    key: 'two-versions',
    level: 'fault',
    seen: `The process has loaded pg-loupe in ${versions.length} versions: ${versions.join(' and ')}.`,
    lost: 'They share traces and do not know what the other has changed, so queries may be missing or counted twice.',
    nextStep: 'npm ls pg-loupe',
  }
}

/** Told where the whole process was observed: elsewhere there is a profiler, or nobody to tell it. */
export function explainNoProfiler({ surroundings, profilers, sources, isRegistered }: SetupFacts): Notice[] {
  if (!surroundings || profilers.length > 0 || surroundings.profilersOff > 0 || isRegistered) return []
  // Test runners get the notice about their set-up file instead.
  if (surroundings.tests?.runner || sources.length === 0) return []
  const uses = sources.flatMap((source) => Object.values({ ...source.uses, bursts: 0 }))
  const total = uses.reduce((sum, count) => sum + count, 0)
  return [
    {
      id: 'no-profiler',
      key: 'no-profiler',
      level: 'fault',
      seen: `The process uses pg (${plural(total, 'use')} of ${plural(sources.length, 'pool or client', 'pools and clients')}), and pg-loupe is not in use.`,
      lost: 'Nothing is captured.',
      nextStep: 'node --require pg-loupe/register <your program>, or the three lines of the README.',
      place: sources[0]?.place,
    },
  ]
}

export function explainVariables({ surroundings }: SetupFacts): Notice[] {
  return (surroundings?.wrongVariables ?? []).map((seen) => ({
    id: 'wrong-variable',
    key: `wrong-variable ${seen}`,
    level: 'fault',
    seen,
    lost: 'The variable has no effect.',
    nextStep: 'Correct it where it is set: the variables are listed in docs/register.md#variables',
  }))
}

export function explainOff({ nodeEnv, surroundings, profilers }: SetupFacts): Notice[] {
  if (!surroundings?.profilersOff || profilers.length > 0) return []
  const isProduction = nodeEnv === 'production'
  return [
    {
      id: 'profiler-off',
      key: 'profiler-off',
      level: 'fault',
      seen: isProduction
        ? 'NODE_ENV is production, so the profiler is off.'
        : 'The profiler is switched off, by the option enabled or the variable PG_LOUPE_ENABLED.',
      lost: 'Nothing is captured, and pg is left as it is.',
      nextStep: isProduction ? 'NODE_ENV=development' : 'PG_LOUPE_ENABLED=1',
    },
  ]
}

/** Numbers only: what follows a dash, as in `8.0.0-beta.1`, decides nothing here. */
function isOlder(version: string, than: string): boolean {
  const [one, two] = [version, than].map((text) => text.split('-', 1)[0]?.split('.').map(Number) ?? [])
  for (let at = 0; at < 3; at++) {
    const difference = (one?.[at] ?? 0) - (two?.[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
