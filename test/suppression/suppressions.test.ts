// Tests which findings are suppressed in a report and the listed states of suppressions, on traces as detectors read them.
import { describe, expect, test } from 'vitest'
import { checkOptions } from '../../src/profiler/options.ts'
import { analyzeTrace } from '../../src/report/analyze-trace.ts'
import { collectObservations } from '../../src/report/observations.ts'
import { ReportBuilder } from '../../src/report/report-builder.ts'
import type { SuppressEntry } from '../../src/suppression/account.ts'
import type { Ignore, Query } from '../../src/types/query.ts'
import type { Report } from '../../src/types/report.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, q, trace } from '../trace-builder.ts'

const CUSTOMER = 'select name from customers where id = $1'
const DAY = '2026-11-20'

function loop(more: Partial<Query> = {}, count = 4, sql = CUSTOMER): Query[] {
  return each(
    Array.from({ length: count }, (_, i) => 100 + i),
    (id) => q(sql, [id], { at: 'src/orders.ts:41:9 list', ...more }),
  )
}

function because(reason: string, more: Partial<Ignore> = {}): Pick<Query, 'ignored'> {
  return { ignored: [{ by: 'ignore', reason, ...more }] }
}

function report(
  traces: readonly Trace[],
  suppress: readonly SuppressEntry[] = [],
  linesAreKnown = true,
): Report {
  const { detectors, suppress: entries } = checkOptions({ suppress })
  const builder = new ReportBuilder({ entries, linesAreKnown, today: () => DAY })
  const observations = collectObservations(detectors.active)
  for (const [index, one] of traces.entries()) {
    const numbered = { ...one, id: `${one.id.slice(0, -1)}${index + 1}` }
    builder.add(numbered, analyzeTrace(numbered, detectors.active))
    observations.add(numbered)
  }
  return builder.build(observations.conclude(), observations.cut, observations.ignored())
}

describe('in code', () => {
  test('a finding whose queries are all ignored is suppressed and counted, and its reason is listed', () => {
    const { findings, suppressed, suppressions } = report([
      trace('GET /orders', loop(because('ten at most'))),
    ])
    expect(findings).toEqual([])
    expect(suppressed).toBe(1)
    expect(suppressions).toEqual([
      {
        by: 'ignore',
        reason: 'ten at most',
        state: 'used',
        findings: 1,
        at: { file: 'src/orders.ts', line: 41, column: 9, function: 'list' },
      },
    ])
  })

  test('the same finding without ignore is reported', () => {
    const { findings, suppressed, suppressions } = report([trace('GET /orders', loop())])
    expect(findings).toHaveLength(1)
    expect([suppressed, suppressions]).toEqual([0, []])
  })

  test('a comment in the statement does the same', () => {
    const commented = loop({}, 4, `/* pg-loupe-ignore n-plus-one: ten at most */ ${CUSTOMER}`)
    const { findings, suppressions } = report([trace('GET /orders', commented)])
    expect(findings).toEqual([])
    expect(suppressions).toMatchObject([{ by: 'comment', reason: 'ten at most', state: 'used' }])
  })

  test('a finding with one query that is not ignored is reported, with a note on the ignored ones', () => {
    const queries = loop(because('ten at most'))
    const { findings, suppressed, suppressions } = report([
      trace('GET /orders', queries.slice(1), { ...(queries[0] as Query), ignored: undefined }),
    ])
    expect(findings).toHaveLength(1)
    expect(findings[0]?.evidence.at(-1)).toEqual({
      label: 'ignored',
      text: '3 of its 4 queries (ten at most), but not the others',
    })
    expect(suppressed).toBe(0)
    expect(suppressions).toMatchObject([{ state: 'unused' }])
  })

  test('only the traces are reported in which the finding was not ignored', () => {
    const { findings, suppressed } = report([
      trace('GET /orders', loop(because('ten at most'), 9)),
      trace('GET /orders', loop()),
    ])
    expect(findings).toMatchObject([{ occurrenceCount: 1, cost: { queries: 3 } }])
    expect(suppressed).toBe(0)
  })

  test('a finding of another detector is reported', () => {
    const { findings } = report([
      trace('GET /orders', loop(because('no matter', { detectors: ['slow-query', 'duplicate-query'] }))),
    ])
    expect(findings.map(({ detector }) => detector)).toEqual(['n-plus-one'])
  })

  test('different reasons may cover one finding together', () => {
    const { findings, suppressions } = report([
      trace('GET /orders', loop(because('b'), 2), loop(because('a'), 2)),
    ])
    expect(findings).toEqual([])
    expect(suppressions.map(({ reason, state }) => `${reason} ${state}`)).toEqual(['a used', 'b used'])
  })

  test('a block around queries without a finding is listed as unused', () => {
    const { suppressions } = report([trace('GET /orders', loop(because('was a loop'), 1))])
    expect(suppressions).toMatchObject([{ reason: 'was a loop', state: 'unused', findings: 0 }])
  })

  test('for a detector that is off, the state is unknown', () => {
    const marked = trace('GET /orders', loop(because('was slow', { detectors: ['slow-query'] }), 1))
    const state = (ids: readonly string[]) => {
      const active = checkOptions({}).detectors.active.filter(({ detector }) =>
        ids.includes(detector.meta.id),
      )
      const builder = new ReportBuilder({ detectors: { rules: [], active }, today: () => DAY })
      builder.add(marked, [])
      return builder.build().suppressions[0]?.state
    }
    expect([state(['slow-query']), state(['n-plus-one'])]).toEqual(['unused', 'unseen'])
  })

  test('after its last day it suppresses nothing and is listed as expired', () => {
    const on = (until: string) => report([trace('GET /orders', loop(because('legacy', { until })))])
    expect(on('2026-11-20')).toMatchObject({ findings: [], suppressions: [{ state: 'used' }] })
    expect(on('2026-11-19')).toMatchObject({
      findings: [{}],
      suppressions: [{ state: 'expired', findings: 1 }],
    })
  })

  test('a comment without a reason, or until a day that does not exist, suppresses nothing', () => {
    for (const comment of [
      'pg-loupe-ignore',
      'pg-loupe-ignore until 2026-02-31: a',
      'pg-loupe-ignore until: a',
    ]) {
      const { findings, suppressions } = report([
        trace('GET /a', loop({}, 4, `/* ${comment} */ ${CUSTOMER}`)),
      ])
      expect(findings).toHaveLength(1)
      expect(suppressions).toMatchObject([{ by: 'comment', state: 'invalid' }])
    }
  })

  test('each line with a comment without a reason, or with an unknown detector, is reported', () => {
    const at = (line: number, comment: string) =>
      q(`/* pg-loupe-ignore${comment} */ select ${line}`, [], { at: `src/a.ts:${line}:1` })
    const { suppressions } = report([
      trace('GET /a', at(3, ''), at(3, ''), at(5, ''), at(9, ' n-plus-on: few')),
    ])
    expect(suppressions.map(({ state, at }) => [state, at?.line])).toEqual([
      ['invalid', 3],
      ['invalid', 5],
      ['invalid', 9],
    ])
  })

  test('a finding over several traces is concluded from the queries that are not ignored', () => {
    const list = (ignored?: Pick<Query, 'ignored'>) =>
      trace(
        'GET /orders',
        q('select id, note from orders', [], {
          at: 'src/orders.ts:3:5 list',
          rows: 200,
          columns: [{ name: 'id', tableId: 1, columnId: 1 }],
          usage: { read: [], serialized: [], unread: ['id'], rowsTouched: 0 },
          ...ignored,
        }),
      )
    const ids = (made: Report) => made.findings.map(({ detector }) => detector)
    const times = (count: number, one: Trace) => Array.from({ length: count }, () => one)
    expect(ids(report(times(3, list())))).toContain('unread-rows')

    const all = report(times(3, list(because('warms the cache', { detectors: ['unread-rows'] }))))
    expect(ids(all)).not.toContain('unread-rows')
    expect(all).toMatchObject({ suppressed: 1, suppressions: [{ state: 'used', findings: 1 }] })

    const some = report([...times(2, list(because('warms the cache'))), ...times(2, list())])
    expect(ids(some)).toEqual([])
    const others = report([...times(2, list(because('warms the cache'))), ...times(3, list())])
    expect(others.findings.find(({ detector }) => detector === 'unread-rows')).toMatchObject({
      occurrenceCount: 3,
    })
  })

  test('generated reasons are counted, and listed up to a limit', () => {
    const made = report(
      Array.from({ length: 1100 }, (_, i) => trace(`GET /${i}`, loop(because(`reason ${i}`)))),
    )
    expect(made).toMatchObject({ findings: [], suppressed: 1000 })
    expect(made.suppressions).toHaveLength(1000)
  })
})

describe('by an entry', () => {
  const orders = trace('GET /orders/:id', loop())
  const reason = 'legacy'
  const key = '16cb7fa4d9d8ea09'

  test.each<[string, SuppressEntry]>([
    ['its detector', { detector: 'n-plus-one', reason }],
    ['its route', { route: 'GET /orders/:id', reason }],
    ['a pattern of its route', { route: 'GET /orders/*', reason }],
    ['a pattern over several segments', { route: 'GET /**', reason }],
    ['its file', { path: 'src/orders.ts', reason }],
    ['a folder above its file', { path: './src/', reason }],
    ['a pattern of its file', { path: 'src/**/*.ts', reason }],
    ['its statement', { fingerprint: 'SELECT name FROM customers WHERE id = 42', reason }],
    [
      'the statement as a report shows it',
      { fingerprint: 'select name from customers where id = ?', reason },
    ],
    ['all of them', { detector: 'n-plus-one', route: 'GET /**', path: 'src', reason }],
  ])('a finding is suppressed by %s', (_what, entry) => {
    const made = report([orders], [entry])
    expect(made).toMatchObject({
      findings: [],
      suppressed: 1,
      suppressions: [{ by: 'suppress', state: 'used' }],
    })
  })

  test.each<[SuppressEntry]>([
    [{ detector: 'slow-query', reason }],
    [{ route: 'GET /orders', reason }],
    [{ route: 'GET /*', reason }],
    [{ path: 'src/order', reason }],
    [{ path: 'orders.ts', reason }],
    [{ path: '*.ts', reason }],
    [{ fingerprint: key.replace('1', '2'), reason }],
    [{ detector: 'n-plus-one', route: 'GET /orders/:id', path: 'lib', reason }],
  ])('no finding is suppressed by %j', (entry) => {
    expect(report([orders], [entry])).toMatchObject({ findings: [{}], suppressed: 0 })
  })

  test('the statement is recognised by its digits in the finding', () => {
    const [finding] = report([orders]).findings
    const fingerprint = finding?.statements?.[0]?.fingerprint ?? ''
    expect(report([orders], [{ fingerprint, reason }])).toMatchObject({ findings: [], suppressed: 1 })
  })

  test('until its last day, and then it is listed as expired', () => {
    const on = (until: string) => report([orders], [{ detector: 'n-plus-one', until, reason }])
    expect(on('2026-11-20')).toMatchObject({ findings: [], suppressions: [{ state: 'used' }] })
    expect(on('2026-11-19')).toMatchObject({
      findings: [{}],
      suppressions: [{ state: 'expired', findings: 1 }],
    })
  })

  test.each<[string, SuppressEntry, string]>([
    ['its route came, without a finding', { route: 'GET /quiet', reason }, 'unused'],
    ['its route did not come', { route: 'GET /other', reason }, 'unseen'],
    ['its file sent a query', { path: 'src/quiet.ts', reason }, 'unused'],
    ['its file sent none', { path: 'src/other.ts', reason }, 'unseen'],
    ['its statement was sent', { fingerprint: 'select 1', reason }, 'unused'],
    ['its statement was not sent', { fingerprint: 'select 1 from t', reason }, 'unseen'],
    [
      'its file sent it, but on another route',
      { path: 'src/quiet.ts', route: 'GET /o/**', reason },
      'unseen',
    ],
    ['its detector had traces to look at', { detector: 'slow-query', reason }, 'unused'],
  ])('that suppressed nothing: %s', (_what, entry, state) => {
    const quiet = trace('GET /quiet', q('select 1', [], { at: 'src/quiet.ts:3' }))
    expect(report([quiet, trace('GET /o/1', loop())], [entry]).suppressions).toMatchObject([{ state }])
  })

  test('an entry with a path is not called unused when lines would have to be computed for it', () => {
    const quiet = trace('GET /quiet', q('select 1', [], { at: 'src/quiet.ts:3' }))
    expect(report([quiet], [{ path: 'src/quiet.ts', reason }], false).suppressions).toMatchObject([
      { state: 'unseen' },
    ])
  })

  test('all matching entries are used, and listed in their order', () => {
    const made = report(
      [orders],
      [
        { route: 'GET /orders/**', reason: 'b' },
        { detector: 'n-plus-one', reason: 'a' },
      ],
    )
    expect(made.suppressions.map((one) => `${one.reason} ${one.state}`)).toEqual(['b used', 'a used'])
    expect(made.suppressed).toBe(1)
  })
})

test('a report can be made repeatedly while traces come in', () => {
  const { detectors, suppress: entries } = checkOptions({
    suppress: [{ detector: 'n-plus-one', reason: 'legacy' }],
  })
  const builder = new ReportBuilder({ entries, today: () => DAY })
  const one = trace('GET /orders', loop())
  builder.add(one, analyzeTrace(one, detectors.active))
  expect(builder.build()).toEqual(builder.build())
  expect(builder.build().suppressed).toBe(1)
})
