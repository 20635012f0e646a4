// Tests the assertion against all findings, by detector and severity, on a real database.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { expectNoFindings, expectNoNPlusOne } from '../../src/testing/index.ts'
import { failureOf } from './failure-of.ts'
import { openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
beforeAll(() => putBooks(20))
afterAll(() => pool.end())

const twice = async () => {
  for (let i = 0; i < 2; i++) await pool.query('select name from authors where id = 1001')
}

test('passes for code without findings, and returns its result', async () => {
  expect(await expectNoFindings(authorsAtOnce, profiler)).toHaveLength(20)
})

test('fails on a finding of any detector, with line and remedy', async () => {
  const loop = await failureOf(() => expectNoFindings(authorsOneByOne, profiler))
  expect(loop.message).toMatch(
    /^expected no finding, but found 1 finding in 21 queries:\n\n {2}in expectNoFindings\n/,
  )
  expect(loop.message).toContain('N+1: 20 queries, one for each row')
  const duplicate = await failureOf(() => expectNoFindings(twice, profiler))
  expect(duplicate.message).toContain('duplicate-query')
  expect(duplicate.report.findings.map(({ detector }) => detector)).toEqual(['duplicate-query'])
})

test('counts only the given detectors', async () => {
  await expectNoFindings(twice, { detectors: ['n-plus-one'] }, profiler)
  const error = await failureOf(() => expectNoFindings(twice, { detectors: ['duplicate-query'] }, profiler))
  expect(error.message).toContain('duplicate-query')
})

test('counts from the given severity', async () => {
  await expectNoFindings(twice, { minSeverity: 'error' }, profiler)
  expect(
    (await failureOf(() => expectNoFindings(twice, { minSeverity: 'info' }, profiler))).message,
  ).toContain('duplicate-query')
})

test('a slow query does not count unless its detector is given', async () => {
  const impatient = createProfiler({ console: 'off', detectors: { 'slow-query': { maxMs: 1 } } })
  const slow = profilePool(new pg.Pool(pool.options), impatient)
  const sleep = () => slow.query('select pg_sleep(0.01)')
  await expectNoFindings(sleep, impatient)
  const error = await failureOf(() => expectNoFindings(sleep, { detectors: ['slow-query'] }, impatient))
  expect(error.message).toContain('A query of ')
  await slow.end()
})

test('refuses a detector that is switched off, which would prove nothing', async () => {
  const off = createProfiler({ console: 'off', detectors: { 'n-plus-one': false } })
  const named = await failureOf(() => expectNoFindings(authorsAtOnce, { detectors: ['n-plus-one'] }, off))
  expect(named.message).toContain(
    'expectNoFindings needs the detector n-plus-one, which this profiler has switched off',
  )
  expect((await failureOf(() => expectNoNPlusOne(authorsAtOnce, off))).message).toContain('switched off')
})

test.each([
  [{ detectors: ['n+1'] }, 'option detectors.0 got "n+1", but takes an array with some of n-plus-one'],
  [{ detectors: [] }, 'but takes an array with some of'],
  [{ minSeverity: 'fatal' }, 'option minSeverity got "fatal", but takes one of error, warning, info'],
  [{ max: 1 }, 'there is no option max; it is one of detectors, minSeverity, inconclusive'],
])('refuses %j', async (options, message) => {
  const error = await failureOf(() => expectNoFindings(authorsAtOnce, options as never, profiler))
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toContain(message)
})

test('fails when it saw no query', async () => {
  expect((await failureOf(() => expectNoFindings(() => 1, profiler))).message).toContain('saw no query')
})
