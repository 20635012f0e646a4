import { describe, expect, test } from 'vitest'
import { ReportBuilder } from '../../src/report/report-builder.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { q, trace } from '../trace-builder.ts'

describe('a report', () => {
  test('merges findings with one key, keeps the worst cost and counts the occurrences', () => {
    const report = build([
      [named('GET /a', 1), [finding('k', 3, 'http GET /a #1')]],
      [named('GET /a', 2), [finding('k', 9, 'http GET /a #2')]],
    ])
    expect(report.findings).toHaveLength(1)
    expect(report.findings[0]).toMatchObject({ cost: { queries: 9 }, occurrenceCount: 2 })
    expect(report.findings[0]?.occurrences.map(({ trace }) => trace)).toEqual([
      'http GET /a #1',
      'http GET /a #2',
    ])
  })

  test('keeps the first ten occurrences, counted as numbers, and the total', () => {
    const report = build(
      Array.from(
        { length: 25 },
        (_, i) => [named('GET /a', i), [finding('k', 3, `http GET /a #${25 - i}`)]] as const,
      ),
    )
    expect(report.findings[0]?.occurrences.map(({ trace }) => Number(trace.split('#')[1]))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ])
    expect(report.findings[0]?.occurrenceCount).toBe(25)
  })

  test('has the same findings in any order of the traces', () => {
    const parts = ['b', 'a', 'c'].flatMap((key) =>
      [5, 2, 8].map(
        (cost, i) => [named(`GET /${key}`, i), [finding(key, cost, `http GET /${key} #${i}`)]] as const,
      ),
    )
    expect(JSON.stringify(build(parts.toReversed()).findings)).toBe(JSON.stringify(build(parts).findings))
  })

  test('sorts the worst first: by severity, then cost, then confidence', () => {
    const report = build([
      [
        named('GET /a', 1),
        [
          finding('cheap', 1, 't'),
          finding('likely', 99, 't', { severity: 'warning', confidence: 'likely' }),
          finding('dear', 50, 't'),
          finding('unsure', 99, 't', { confidence: 'likely' }),
          finding('possible', 50, 't', { confidence: 'possible' }),
        ],
      ],
    ])
    expect(report.findings.map(({ key }) => key)).toEqual(['unsure', 'dear', 'possible', 'cheap', 'likely'])
  })

  test('sums up each route, and counts the time of concurrent queries once', () => {
    const atOnce = [
      { ...q('select 1'), startMs: 0, durationMs: 10 },
      { ...q('select 2'), startMs: 5, durationMs: 10 },
      { ...q('select 3'), startMs: 100, durationMs: 1 },
    ]
    const report = build([
      [{ ...trace('GET /a', atOnce), durationMs: 120 }, []],
      [{ ...trace('GET /a', q('select 1')), durationMs: 20 }, []],
    ])
    expect(report.routes).toEqual([
      {
        name: 'GET /a',
        traces: 2,
        queries: { min: 1, median: 3, max: 3 },
        durationMs: { min: 20, median: 120, max: 120 },
        databaseMs: { min: 0.5, median: 16, max: 16 },
      },
    ])
  })

  test('says what was left out', () => {
    const builder = new ReportBuilder()
    builder.add({ ...trace('GET /a', q('select 1')), truncated: 7 }, [])
    builder.countCutTrace()
    builder.countUntraced()
    builder.countInternalError()
    expect(builder.build([], 2)).toMatchObject({
      queries: 8,
      cut: { queries: 7, traces: 1, routes: 0, observations: 2, untraced: 1, internalErrors: 1 },
    })
  })

  test('keeps no more than a thousand routes, and says so', () => {
    const builder = new ReportBuilder()
    for (let i = 0; i < 1005; i++) builder.add(trace(`GET /${i}`), [])
    expect(builder.build().routes).toHaveLength(1000)
    expect(builder.build().cut.routes).toBe(5)
  })

  test('has the maximum and minimum of all traces of a route, although the median is of some', () => {
    const builder = new ReportBuilder()
    for (let i = 0; i < 1000; i++) builder.add(named('GET /a', i), [])
    builder.add(trace('GET /a', q('select 1'), q('select 2'), q('select 3')), [])
    builder.add(trace('GET /a'), [])
    expect(builder.build().routes[0]).toMatchObject({ traces: 1002, queries: { min: 0, median: 1, max: 3 } })
  })
})

function build(parts: readonly (readonly [Trace, readonly Finding[]])[]) {
  const builder = new ReportBuilder()
  for (const [one, findings] of parts) builder.add(one, findings)
  return builder.build()
}

function named(name: string, number: number): Trace {
  return { ...trace(name, q('select 1')), id: `http ${name} #${number}` }
}

function finding(key: string, queries: number, traceId: string, more: Partial<Finding> = {}): Finding {
  return {
    detector: 'n-plus-one',
    severity: 'error',
    confidence: 'proven',
    title: `${queries} queries`,
    detail: '',
    remediation: '',
    key,
    route: 'GET /a',
    callSite: [],
    occurrences: [{ trace: traceId, queries: [0] }],
    occurrenceCount: 1,
    cost: { queries, roundTrips: queries },
    evidence: [],
    ...more,
  }
}
