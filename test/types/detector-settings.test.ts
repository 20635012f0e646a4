// Ids of detectors and their options are types: an editor completes them, and `npm run check:types` fails on this file when
// a wrong one is accepted or a right one refused.
import { expect, test } from 'vitest'
import { createProfiler, defineConfig, defineDetector, detectors, ignore } from '../../src/index.ts'
import { expectNoFindings } from '../../src/testing/index.ts'
import type { DetectorId } from '../../src/types/detector.ts'

const IDS: Record<DetectorId, true> = {
  'n-plus-one': true,
  'n-plus-one-write': true,
  'duplicate-query': true,
  'unread-columns': true,
  'unread-rows': true,
  'unbounded-select': true,
  'unbounded-array': true,
  'deep-offset': true,
  'slow-query': true,
  'query-budget': true,
}

test('the type of ids names each detector, and no other', () => {
  expect(Object.keys(IDS).sort()).toEqual(detectors.map(({ meta }) => meta.id).sort())
})

test('each detector takes its own options or false', () => {
  createProfiler({
    detectors: {
      'n-plus-one': { minProven: 2, minLikely: 5 },
      'n-plus-one-write': { minProven: 2, minLikely: 5 },
      'duplicate-query': { minQueries: 3 },
      'unread-columns': { minTraces: 3, minBytes: 1000, warnBytes: 8192 },
      'unread-rows': { minTraces: 3, minRows: 10, warnRows: 100 },
      'unbounded-select': { warnRows: 1000, errorRows: 10_000, maxSmallRows: 100, warnBytes: 1_000_000 },
      'unbounded-array': { warnBytes: 100_000, minBytes: 500, maxSmallRows: 100 },
      'deep-offset': { maxOffset: 1000 },
      'slow-query': false,
      'query-budget': { maxQueries: 30, routes: { 'GET /orders': 5 } },
    },
    suppress: [{ detector: 'deep-offset', reason: 'an export' }],
    console: 'off',
  })
})

test('an unknown id or option, and an option of another detector, do not compile', () => {
  const unknown = [
    // @ts-expect-error no such detector
    () => createProfiler({ detectors: { 'n-plus-two': {} } }),
    // @ts-expect-error no such option
    () => createProfiler({ detectors: { 'n-plus-one': { least: 2 } } }),
    // @ts-expect-error the option of slow-query
    () => createProfiler({ detectors: { 'n-plus-one': { maxMs: 2 } } }),
    // @ts-expect-error a number in quotes
    () => createProfiler({ detectors: { 'slow-query': { maxMs: '2' } } }),
    () => createProfiler({ suppress: [{ detector: 'n-plus-two', reason: 'x' }] }),
  ]
  for (const create of unknown) expect(create).toThrow(TypeError)
  // @ts-expect-error no such detector
  defineConfig({ detectors: { 'n-plus-two': false } })
  // @ts-expect-error no such option
  defineConfig({ detectors: { 'query-budget': { maximum: 3 } } })
  expect(() => ignore({ reason: 'x', detectors: ['n-plus-two'] }, () => 0)).toThrow(TypeError)
})

test('assertions refuse an unknown id when they run', async () => {
  const profiler = createProfiler({ console: 'off' })
  const asserted = expectNoFindings(() => 0, { detectors: ['n-plus-two'] }, profiler)
  await expect(asserted).rejects.toThrow(TypeError)
})

const mine = defineDetector({
  meta: { id: 'mine', title: 'Mine', severity: 'info', defaults: { minQueries: 3 } },
  detect: (trace, { minQueries }) => (trace.queries.length < minQueries ? [] : []),
})

test('a detector of the user takes its own options, which the compiler knows', () => {
  createProfiler({
    console: 'off',
    detectors: { rules: [mine], mine: { minQueries: 5 }, 'slow-query': false },
  })
  defineConfig({ detectors: { rules: [mine, './other.js'], mine: false, other: { minRows: 1 } } })
  const wrong = [
    // @ts-expect-error no such option
    () => createProfiler({ detectors: { rules: [mine], mine: { least: 2 } } }),
    // @ts-expect-error no such detector
    () => createProfiler({ detectors: { rules: [mine], yours: {} } }),
    // @ts-expect-error without the detector there are no options
    () => createProfiler({ detectors: { mine: {} } }),
  ]
  for (const create of wrong) expect(create).toThrow(TypeError)
})

test('a detector cannot write into a trace', () => {
  defineDetector({
    meta: { id: 'writes', title: 'Writes', severity: 'info', defaults: {} },
    detect(trace) {
      // @ts-expect-error queries are read-only
      for (const query of trace.queries) query.sql = ''
      return []
    },
  })
})
