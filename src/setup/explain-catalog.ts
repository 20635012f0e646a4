// Explains that keys and sizes of tables are unknown without the catalog, so that the detectors that need them are silent.
import type { Notice } from './notice.ts'
import type { CatalogFacts, SetupFacts } from './setup-facts.ts'

export function explainCatalogs({ catalogs }: SetupFacts): Notice[] {
  const failed = catalogs.find(({ state }) => state === 'failed')
  if (failed) return [{ ...NOTICE, ...explainFailure(failed) }]
  if (catalogs.every(({ state }) => state !== 'off') || catalogs.some(({ state }) => state === 'read'))
    return []
  return [
    {
      ...NOTICE,
      level: 'hint',
      seen: 'The catalog is not read here: it is off in tests (NODE_ENV is test) and under pg-loupe run.',
      nextStep: `Switch it on: PG_LOUPE_OPTIONS='{"catalog":true}', or createProfiler({ catalog: true }).`,
    },
  ]
}

const NOTICE = {
  id: 'catalog-not-read',
  key: 'catalog-not-read',
  level: 'fault',
  lost: 'unbounded-select and unbounded-array find nothing, and no finding knows keys and sizes of tables.',
} as const

function explainFailure({ database, errorCode = 'Error' }: CatalogFacts): Pick<Notice, 'seen' | 'nextStep'> {
  const of = database === undefined ? '' : ` of the database ${database}`
  return {
    seen: `The catalog${of} could not be read (${errorCode}).`,
    nextStep: NEXT_STEPS[errorCode] ?? NEXT_STEPS[errorCode.slice(0, 2)] ?? OTHERWISE,
  }
}

const LIMITED =
  'Allow the role one more connection than the pool takes: the catalog is read once, on its own connection.'
const SLOW = 'Restart the application when the database answers within 5 seconds: the catalog is read once.'
const OTHERWISE =
  'Restart the application when the database can be reached: the catalog is read once. Or createProfiler({ catalog: false }) does without it.'

/** By SQLSTATE, its class, or the code of Node.js. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  '42501': 'Let the role read it: grant select on all tables in schema pg_catalog to <role>.',
  '08P01':
    'Let PgBouncer pass the connection: ignore_startup_parameters = statement_timeout, lock_timeout in pgbouncer.ini.',
  '53300': LIMITED,
  '57014': SLOW,
  '55P03': SLOW,
  ETIMEDOUT: SLOW,
}
