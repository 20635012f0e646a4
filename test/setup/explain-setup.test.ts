import { expect, test } from 'vitest'
import { explainSetup } from '../../src/setup/explain-setup.ts'
import { formatNotice } from '../../src/setup/format-notice.ts'
import type { ProfilerFacts, SetupFacts, SourceFacts, SourceUses } from '../../src/setup/setup-facts.ts'

const PROFILER: ProfilerFacts = {
  isDefault: true,
  middlewares: 1,
  requests: 5,
  collectsUntraced: false,
  outputs: ['console'],
}
const ALL_CAPTURED: SetupFacts = {
  v: 1,
  nodeEnv: 'development',
  isRegistered: false,
  isServer: true,
  isEnding: true,
  drivers: [{ name: 'pg', version: '8.23.1' }],
  unknownConnections: [],
  frameworks: [{ name: 'express' }],
  orms: [],
  profilers: [PROFILER],
  sources: [source({ captured: 5 }, { profiler: 0 })],
  requests: { seen: 5, traced: 5, untraced: [], tracedLate: [], routes: [] },
  catalogs: [{ database: 'shop', state: 'read' }],
}

function source(uses: Partial<SourceUses>, more: Partial<SourceFacts> = {}): SourceFacts {
  return {
    kind: 'pool',
    database: 'shop',
    uses: { captured: 0, inOtherTraces: 0, inUntracedRequests: 0, outside: 0, bursts: 0, ...uses },
    ...more,
  }
}

function told(changes: Partial<SetupFacts>): string[] {
  return explainSetup({ ...ALL_CAPTURED, ...changes }).map(({ id }) => id)
}

const own = source({ captured: 5 }, { profiler: 0 })

test('a set-up that captures everything has no notices', () => {
  expect(told({})).toEqual([])
})

test('a pool that is not profiled is named once, also if it is used before the profiled one is', () => {
  const missed = source({ inUntracedRequests: 1 })
  const unused = source({}, { profiler: 0 })
  const [early] = explainSetup({ ...ALL_CAPTURED, sources: [unused, missed] })
  const [late] = explainSetup({ ...ALL_CAPTURED, sources: [own, missed] })
  expect([early?.id, late?.id]).toEqual(['pool-of-requests-not-profiled', 'another-pool-not-profiled'])
  expect(late?.key).toBe(early?.key)
})

test.each<[string, Partial<SetupFacts>]>([
  [
    'an application without requests so far',
    { requests: { seen: 0, traced: 0, untraced: [], tracedLate: [], routes: [] } },
  ],
  ['a pool that is used outside of requests only', { sources: [own, source({ outside: 1000, bursts: 9 })] }],
  [
    'a pool that was left out on purpose',
    { sources: [own, source({ inOtherTraces: 5 }, { isLeftOut: true })] },
  ],
  [
    'queries while the application starts',
    { sources: [source({ captured: 5, outside: 100, bursts: 2 }, { profiler: 0 })] },
  ],
  [
    'queries outside of requests that are collected',
    {
      profilers: [{ ...PROFILER, collectsUntraced: true }],
      sources: [source({ outside: 100, bursts: 9 }, { profiler: 0 })],
    },
  ],
  [
    'a health check before profileRequests',
    {
      requests: {
        seen: 9,
        traced: 5,
        untraced: [{ name: 'GET /healthz', requests: 4 }],
        tracedLate: [],
        routes: [],
      },
    },
  ],
  ['Drizzle whose lines are known', { orms: [{ name: 'drizzle-orm', queries: 10, queriesWithoutLine: 0 }] }],
  [
    'Drizzle under register, which finds it by its first query',
    { isRegistered: true, orms: [{ name: 'drizzle-orm', queries: 10, queriesWithoutLine: 1 }] },
  ],
  [
    'a pool inside a bundle that profilePool was given',
    { drivers: [], unknownConnections: [{ connections: 1 }] },
  ],
  ['a catalog that the application switched off', { catalogs: [] }],
])('%s is not reported', (_what, changes) => {
  expect(told(changes)).toEqual([])
})

test('faults are listed before hints', () => {
  const facts: Partial<SetupFacts> = {
    sources: [
      source({ captured: 5, outside: 100, bursts: 3 }, { profiler: 0 }),
      source({ inOtherTraces: 2 }, { usedBy: 'connect-pg-simple' }),
    ],
    requests: {
      seen: 9,
      traced: 5,
      untraced: [{ name: 'GET /orders', requests: 4 }],
      tracedLate: [],
      routes: [],
    },
    catalogs: [{ state: 'failed', errorCode: '57014' }],
  }
  expect(told(facts)).toEqual([
    'requests-before-profiler',
    'catalog-not-read',
    'another-pool-not-profiled',
    'outside-requests',
  ])
})

test('an ORM with connections of its own is told another next step than a library with a pool', () => {
  const next = (usedBy: string) =>
    explainSetup({ ...ALL_CAPTURED, sources: [own, source({ inOtherTraces: 1 }, { usedBy })] })[0]?.nextStep
  expect(next('sequelize')).toContain('pg-loupe/register')
  expect(next('connect-pg-simple')).toContain('hand its pool to profilePool(pool)')
  expect(next('drizzle-orm')).toBe("Where the pool is created: profilePool(pool), from 'pg-loupe/pg'.")
})

test('the next step names the call that lacks the profiler', () => {
  const next = (isDefault: boolean) =>
    explainSetup({
      ...ALL_CAPTURED,
      profilers: [
        { ...PROFILER, isDefault, middlewares: 0, requests: 0 },
        { ...PROFILER, isDefault: !isDefault },
      ],
      sources: [source({ inOtherTraces: 1 }, { profiler: 0 })],
    })[0]?.nextStep
  expect(next(true)).toBe('Give both the same profiler: profilePool(pool, profiler).')
  expect(next(false)).toBe('Give both the same profiler: profileRequests(profiler).')
})

test.each([
  ['42501', 'grant select'],
  ['08P01', 'ignore_startup_parameters'],
  ['53300', 'one more connection'],
  ['ECONNREFUSED', 'Restart the application'],
])('a catalog that failed with %s has a next step that fits', (errorCode, step) => {
  const [notice] = explainSetup({ ...ALL_CAPTURED, catalogs: [{ state: 'failed', errorCode }] })
  expect(notice?.nextStep).toContain(step)
})

test('a notice is three lines, with its place from the folder on', () => {
  const [notice] = explainSetup({
    ...ALL_CAPTURED,
    sources: [source({ inOtherTraces: 1 }, { place: { file: '/shop/src/db.ts', line: 4 } })],
  })
  expect(notice && formatNotice(notice, '/shop').split('\n')).toEqual([
    'pg-loupe: A pool of the database shop is not profiled, and requests or jobs used it 1 time. (src/db.ts:4)',
    '  lost  Its queries are in no trace, so no finding can name them.',
    "  next  Where the pool is created: profilePool(pool), from 'pg-loupe/pg'.",
  ])
})

test('in a server, a job is reported at its own line and not at that of a request', () => {
  const places = { place: { file: 'src/routes.ts', line: 5 }, outsidePlace: { file: 'src/job.ts', line: 9 } }
  const sources = [source({ captured: 5, outside: 30, bursts: 3 }, { profiler: 0, ...places })]
  expect(explainSetup({ ...ALL_CAPTURED, sources })).toMatchObject([{ place: places.outsidePlace }])
})
