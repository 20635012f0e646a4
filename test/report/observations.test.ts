// Tests findings that need several traces: each trace is observed, the observations are merged, and a conclusion is reported.
import { describe, expect, test } from 'vitest'
import { collectObservations } from '../../src/report/observations.ts'
import type { CrossTraceDetector, Detector, Observation } from '../../src/types/detector.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { q, trace } from '../trace-builder.ts'

interface Count extends Observation {
  traces: number
}

/** A detector that finds each statement that was seen in as many traces as its option requires. */
const oftenSeen: CrossTraceDetector<{ traces: number }, Count> = {
  meta: { id: 'often-seen', title: '', severity: 'info', defaults: { traces: 2 } },
  observe: ({ queries }) => queries.map(({ sql }) => ({ key: sql, traces: 1 })),
  merge: (a, b) => ({ key: a.key, traces: a.traces + b.traces }),
  conclude: (observations, { traces }) =>
    observations.filter((seen) => seen.traces >= traces).map(({ key, traces }) => finding(key, traces)),
}

const active = [{ detector: oftenSeen as Detector, options: { traces: 2 } }]
const collect = (limit?: number) => collectObservations(active, limit)
const asked = (...statements: string[]): Trace => trace('GET /x', ...statements.map((sql) => q(sql)))

test('nothing is concluded from too few observations', () => {
  const observations = collect()
  expect(observations.add(asked('a'))).toEqual([])
  expect(observations.conclude()).toEqual([])
})

test('a conclusion appears with the trace that completes it, and counts all of them at the end', () => {
  const observations = collect()
  observations.add(asked('a'))
  expect(observations.add(asked('a', 'b'))).toEqual([finding('a', 2)])
  observations.add(asked('a'))
  expect(observations.conclude()).toEqual([finding('a', 3)])
})

test('a trace brings no conclusion about a statement that it does not contain', () => {
  const observations = collect()
  for (const one of ['a', 'a', 'b']) observations.add(asked(one))
  expect(observations.add(asked('b'))).toEqual([finding('b', 2)])
})

test('a detector that is switched off observes nothing', () => {
  const observations = collectObservations([])
  observations.add(asked('a'))
  expect(observations.add(asked('a'))).toEqual([])
})

test('the conclusions do not depend on the order of the traces', () => {
  const traces = [asked('b', 'a'), asked('a'), asked('c', 'b'), asked('c')]
  const conclude = (order: readonly Trace[]) => {
    const observations = collect()
    for (const one of order) observations.add(one)
    return observations.conclude()
  }
  expect(conclude(traces.toReversed())).toEqual(conclude(traces))
})

describe('beyond its limit', () => {
  test('it keeps the known observations, and counts the new ones that it drops', () => {
    const observations = collect(2)
    for (const one of [asked('a', 'b'), asked('c'), asked('a', 'b', 'c')]) observations.add(one)
    expect(observations.conclude().map(({ key }) => key)).toEqual(['a', 'b'])
    expect(observations.cut).toBe(2)
  })
})

function finding(key: string, occurrenceCount: number): Finding {
  return {
    detector: 'often-seen',
    severity: 'info',
    confidence: 'likely',
    title: '',
    detail: '',
    remediation: '',
    key,
    route: 'GET /x',
    callSite: [],
    occurrences: [],
    occurrenceCount,
    cost: { queries: 0, roundTrips: 0 },
    evidence: [],
  }
}
