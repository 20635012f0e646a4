// The verdict of pg-loupe doctor about applications that are set up correctly and about faults of each kind.
import { describe, expect, test } from 'vitest'
import type { Diagnosis } from '../../src/cli/doctor/diagnosis.ts'
import {
  appOf,
  type Case,
  database,
  doctor,
  edited,
  faultsOf,
  JOB,
  RUN_VITEST,
  SHOP,
  testCaptured,
  testNamed,
  VITEST,
} from './run-doctor.ts'

describe.concurrent('all is captured of', () => {
  test.for<[string, Case, Partial<Diagnosis['found']>]>([
    [
      'Express 5 with Drizzle, as ES modules',
      { files: SHOP, path: '/books' },
      {
        orms: [{ name: 'drizzle-orm', version: expect.stringMatching(/^0\.\d+/) }],
        frameworks: [{ name: 'express', version: expect.stringMatching(/^5\./) }],
        requests: { seen: 1, traced: 1, routes: [{ name: 'GET /books', requests: 1 }] },
      },
    ],
    [
      'an application under --import pg-loupe/register',
      {
        files: { 'app.mjs': appOf('plain.mjs') },
        words: ['node', '--import', 'pg-loupe/register', 'app.mjs'],
        path: '/books',
      },
      {},
    ],
  ])('%s', ([_what, one, found], context) => testCaptured(one, found, context))
})

describe.concurrent('it names', () => {
  test.for<[string, Case, string, string]>([
    [
      '(a) a missing profileRequests',
      { files: edited(SHOP, ['app.use(profileRequests())', '']), path: '/books' },
      'requests-not-profiled',
      'app.use(profileRequests())',
    ],
    [
      '(b) profileRequests after the routes',
      {
        files: edited(
          SHOP,
          ['app.use(profileRequests())', ''],
          ['if (!prof', 'app.use(profileRequests())\nif (!prof'],
        ),
        path: '/books',
      },
      'requests-before-profiler',
      'above the first route',
    ],
    [
      '(c) requests that use a pool which is not profiled',
      {
        files: edited({ 'app.cjs': appOf('shop.cjs') }, ['profilePool(new', '(new']),
        words: ['node', 'app.cjs'],
        path: '/books/1',
      },
      'pool-of-requests-not-profiled',
      'profilePool(pool)',
    ],
    [
      '(f) a job outside of any trace',
      { files: edited(JOB, ["await defaultProfiler().trace('retitle', retitle)", 'await retitle()']) },
      'outside-requests',
      "trace('name'",
    ],
    [
      '(g) Drizzle that is not wrapped',
      { files: edited(SHOP, ['profileDrizzle(drizzle(pool))', 'drizzle(pool)']), path: '/books' },
      'drizzle-not-profiled',
      'profileDrizzle(drizzle(pool))',
    ],
    [
      '(l) a comment without a reason, with its line',
      { files: edited(SHOP, ['pg-loupe-ignore: only one row', 'pg-loupe-ignore']), path: '/books' },
      'comment-without-effect',
      '/* pg-loupe-ignore: ',
    ],
    [
      'NODE_ENV=production',
      { files: SHOP, path: '/books', env: { NODE_ENV: 'production' } },
      'profiler-off',
      'NODE_ENV=development',
    ],
    [
      'a command that sends nothing',
      { files: {}, words: ['node', '-e', '1'] },
      'nothing-seen',
      'doctor -- node',
    ],
  ])('%s', ([_what, one, id, nextStep], context) => testNamed(one, id, nextStep, context))

  test('(k) a catalog that could not be read', async (context) => {
    const url = new URL(database.url)
    url.username = 'doctor_limited'
    url.password = 'limited'
    const { diagnosis, code, output } = await doctor(
      {
        files: { 'app.cjs': appOf('shop.cjs') },
        words: ['node', 'app.cjs'],
        path: '/books/1',
        env: { DATABASE_URL: url.href },
      },
      context,
    )
    expect([faultsOf(diagnosis), code], output).toEqual([['catalog-not-read'], 1])
  })

  test('(k) a catalog that is not read in tests, as a hint', async (context) => {
    const { diagnosis, output } = await doctor({ files: VITEST, words: RUN_VITEST }, context)
    expect(diagnosis.notices, output).toMatchObject([
      { id: 'catalog-not-read', level: 'hint', nextStep: expect.stringContaining('PG_LOUPE_OPTIONS=') },
    ])
  })
})

test('missing checks are named: no request came', async (context) => {
  const { diagnosis, code } = await doctor({ files: SHOP }, context, undefined, ['--seconds', '1'])
  expect([diagnosis.verdict, code]).toEqual(['unchecked', 1])
  expect(diagnosis.unchecked).toMatchObject([{ what: expect.stringContaining('no request came') }])
})
