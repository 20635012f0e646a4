// Tests which of many traces are kept to be shown.
import { expect, test } from 'vitest'
import { KeptTraces } from '../../src/report/kept-traces.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, q, trace } from '../trace-builder.ts'

function route(name: string, number: number, more: Partial<Trace> = {}): Trace {
  return { ...trace(name, q('select $1', ['secret'])), id: `http ${name} #${number}`, ...more }
}

function finding(key: string, queries: number, traceId: string): Finding {
  return {
    detector: 'n-plus-one',
    severity: 'error',
    confidence: 'proven',
    title: key,
    detail: '',
    remediation: '',
    key,
    route: 'GET /a',
    callSite: [],
    occurrences: [{ trace: traceId, queries: [0] }],
    occurrenceCount: 1,
    cost: { queries, roundTrips: queries },
    evidence: [],
  }
}

const ids = (kept: KeptTraces) => kept.options().traces.map(({ id }) => id)

test('keeps the slowest trace of each route and the one with the most queries', () => {
  const kept = new KeptTraces()
  kept.add(route('GET /a', 1, { durationMs: 5 }), [])
  kept.add(route('GET /a', 2, { durationMs: 9 }), [])
  kept.add(route('GET /a', 3, { durationMs: 1, queries: each([1, 2, 3], () => q('select 1')) }), [])
  kept.add(route('GET /a', 4, { durationMs: 2 }), [])
  kept.add(route('GET /b', 1), [])
  expect(ids(kept)).toEqual(['http GET /a #2', 'http GET /a #3', 'http GET /b #1'])
})

test('keeps for each finding the trace with its worst occurrence, and the positions in it', () => {
  const kept = new KeptTraces()
  kept.add(route('GET /a', 1, { durationMs: 99, queries: each([1, 2, 3], () => q('select 1')) }), [])
  const traces = [4, 8, 6].map((cost, index) => {
    const one = route('GET /a', index + 2)
    kept.add(one, [finding('loop', cost, one.id)])
    return one
  })
  expect(ids(kept)).toEqual(['http GET /a #1', traces[1]?.id])
  expect(kept.options().occurrences).toEqual({ loop: [{ trace: traces[1]?.id, queries: [0] }] })
})

test('keeps the same traces in any order', () => {
  const traces = [3, 1, 2].map((number) => route('GET /a', number, { durationMs: 7 }))
  const kept = new KeptTraces()
  for (const one of traces) kept.add(one, [])
  expect(ids(kept)).toEqual(['http GET /a #1'])
})

test('keeps no values', () => {
  const kept = new KeptTraces()
  kept.add(route('GET /a', 1), [])
  expect(JSON.stringify(kept.options())).not.toContain('secret')
})

test('keeps no more queries than the limit, for any number of findings', () => {
  const kept = new KeptTraces()
  const queries = each(Array.from({ length: 10_000 }), () => q('select 1'))
  for (let number = 1; number <= 30; number++) {
    const one = route('GET /a', number, { queries })
    kept.add(one, [finding(`loop ${number}`, 2, one.id)])
  }
  expect(ids(kept)).toHaveLength(20)
})

test('keeps no more traces than the limit, even with generated route names and no queries', () => {
  const kept = new KeptTraces()
  for (let number = 1; number <= 200_002; number++)
    kept.add(route(`GET /${number}`, number, { queries: [] }), [])
  expect(kept.options().traces).toHaveLength(200_000)
})
