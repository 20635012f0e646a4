// The verdict of pg-loupe doctor about all other applications and faults.
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import type { Diagnosis } from '../../src/cli/doctor/diagnosis.ts'
import {
  appOf,
  type Case,
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
import { strangerFolder } from './stranger-folder.ts'

describe.concurrent('all is captured of', () => {
  test.for<[string, Case, Partial<Diagnosis['found']>]>([
    [
      'Express 4 with pg, as CommonJS',
      { files: { 'app.cjs': appOf('shop.cjs') }, words: ['node', 'app.cjs'], path: '/books/1' },
      {
        drivers: [{ name: 'pg', version: expect.stringMatching(/^8\./) }],
        frameworks: [{ name: 'express', version: expect.stringMatching(/^4\./) }],
        requests: { seen: 1, traced: 1, routes: [{ name: 'GET /books/:id', requests: 1 }] },
      },
    ],
    [
      'an application under register by NODE_OPTIONS',
      {
        files: { 'app.mjs': appOf('plain.mjs') },
        env: { NODE_OPTIONS: '--require pg-loupe/register' },
        path: '/books',
      },
      {},
    ],
    ['a job with a trace', { files: JOB }, { requests: { seen: 0, traced: 0, routes: [] } }],
    ['a test run of Vitest', { files: VITEST, words: RUN_VITEST }, {}],
  ])('%s', ([_what, one, found], context) => testCaptured(one, found, context))
})

describe.concurrent('it names', () => {
  test.for<[string, Case, string, string]>([
    [
      '(d) a second pool that is not profiled',
      { files: edited(SHOP, ['reports = profilePool(', 'reports = (']), path: '/books' },
      'another-pool-not-profiled',
      'profilePool(pool)',
    ],
    [
      '(e) different profilers of pool and middleware',
      { files: edited(SHOP, ['profileRequests()', 'profileRequests(profiler)']), path: '/books' },
      'different-profilers',
      'the same profiler',
    ],
    [
      '(h) NODE_ENV=test, which prints nothing',
      { files: SHOP, path: '/books', env: { NODE_ENV: 'test' } },
      'silent-in-test',
      'PG_LOUPE_CONSOLE=1',
    ],
    [
      '(i) the set-up file of Vitest without the reporter',
      {
        files: edited(VITEST, [", 'pg-loupe/vitest/reporter'", '']),
        words: RUN_VITEST,
      },
      'tests-not-reported',
      "reporters: ['default', 'pg-loupe/vitest/reporter']",
    ],
    [
      '(i) the reporter of Vitest without the set-up file',
      { files: edited(VITEST, ["setupFiles: ['pg-loupe/vitest/setup'],", '']), words: RUN_VITEST },
      'tests-not-traced',
      "setupFiles: ['pg-loupe/vitest/setup']",
    ],
    [
      'an application without pg-loupe',
      { files: { 'app.mjs': appOf('plain.mjs') }, path: '/' },
      'no-profiler',
      'pg-loupe/register',
    ],
    [
      'a variable that does not exist',
      { files: JOB, env: { PG_LOUPE_CONSOL: '1' } },
      'wrong-variable',
      'variables',
    ],
  ])('%s', ([_what, one, id, nextStep], context) => testNamed(one, id, nextStep, context))

  test('(j) a pg that is bundled into the application', async (context) => {
    const folder = strangerFolder({ 'app.mjs': appOf('plain.mjs') }, context)
    bundle(folder)
    const words = ['node', '--require', 'pg-loupe/register', 'bundle.cjs']
    const { diagnosis, code, output } = await doctor({ files: {}, words, path: '/' }, context, folder)
    expect([faultsOf(diagnosis), code], output).toEqual([['pg-not-found'], 1])
  })
})

function bundle(folder: string): void {
  buildSync({
    entryPoints: [join(folder, 'app.mjs')],
    outfile: join(folder, 'bundle.cjs'),
    bundle: true,
    platform: 'node',
    external: ['pg-native'],
  })
}
