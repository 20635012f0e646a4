// Tests the functions that matchers of test runners use: the same judgement without an error, with texts for the opposite
// too.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import {
  captureScales,
  judgeConstantQueries,
  type Scaled,
} from '../../src/testing/expect-constant-queries.ts'
import { checkNoFindings, judgeNoFindings } from '../../src/testing/expect-no-findings.ts'
import { checkNoNPlusOne, judgeNoNPlusOne } from '../../src/testing/expect-no-n-plus-one.ts'
import { checkQueryCount, judgeQueryCount } from '../../src/testing/expect-query-count.ts'
import { type CapturedQueries, captureQueries } from '../../src/testing/index.ts'
import { settle } from '../../src/testing/verdict.ts'
import { openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
let batch: CapturedQueries
let loop: CapturedQueries
beforeAll(async () => {
  await putBooks(20)
  batch = await captureQueries(authorsAtOnce, profiler)
  loop = await captureQueries(authorsOneByOne, profiler)
})
afterAll(() => pool.end())

test('a verdict has a text for the expectation and one for its opposite', () => {
  expect(judgeNoNPlusOne(loop)).toEqual({
    pass: false,
    message: expect.stringMatching(/^expected no N\+1, but found 1 N\+1 in 21 queries:/),
    shown: [expect.objectContaining({ detector: 'n-plus-one' })],
  })
  expect(judgeNoNPlusOne(batch)).toEqual({
    pass: true,
    message: 'expected N+1s, but found none in 2 queries',
  })
  expect(judgeNoFindings(batch)).toEqual({
    pass: true,
    message: 'expected findings, but found none in 2 queries',
  })
  expect(judgeQueryCount(batch, { max: 2 })).toEqual({
    pass: true,
    message: 'expected not at most 2 queries, but there were 2',
    actual: 2,
    expected: 2,
  })
})

test('sizes are compared by the queries that were captured at each', async () => {
  const scaled: Scaled[] = await captureScales({ populate: putBooks, run: authorsAtOnce }, profiler)
  expect(judgeConstantQueries(scaled)).toEqual({
    pass: true,
    message: 'expected the number of queries to grow with the size, but it was 2 at each of the sizes 2, 3',
  })
})

test('errors name the calling assertion', () => {
  const off = createProfiler({ detectors: { 'n-plus-one': false } })
  expect(() => checkNoNPlusOne({}, off, 'toHaveNoNPlusOne')).toThrow(
    'toHaveNoNPlusOne needs the detector n-plus-one',
  )
  expect(() => checkNoFindings({ detectors: ['x' as never] }, profiler, 'toHaveNoFindings')).toThrow(
    'toHaveNoFindings: ',
  )
  expect(() => checkQueryCount({}, profiler, 'toHaveQueryCount')).toThrow('toHaveQueryCount: ')
  expect(judgeNoNPlusOne({ ...batch, count: 0 }, 'toHaveNoNPlusOne').message).toContain(
    'toHaveNoNPlusOne saw no query',
  )
})

test('a run that proves nothing passes with a warning, fails, or passes silently', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const verdict = { pass: true, message: 'well', inconclusive: 'only one row' }
  expect(settle(verdict, 'fail')).toMatchObject({ pass: false, message: 'only one row' })
  expect(settle(verdict, 'ignore')).toBe(verdict)
  expect(warn).not.toHaveBeenCalled()
  expect(settle(verdict)).toBe(verdict)
  expect(warn).toHaveBeenCalledWith('pg-loupe: only one row', 'InconclusiveAssertion')
  warn.mockRestore()
})
