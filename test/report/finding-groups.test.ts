// Tests which findings belong to one mistake in the source, and which findings a mistake explains.
import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { groupFindings } from '../../src/report/finding-groups.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, from, q, trace } from '../trace-builder.ts'

const LAYOUT = 'select * from widget where status = $1'

function page(name: string, at = 'src/layout.ts:12:3'): Trace {
  return trace(
    name,
    each([1, 1, 1], () => q(LAYOUT, [1], { at })),
  )
}

function loop(name: string, count: number): Trace {
  const ids = Array.from({ length: count }, (_, index) => index + 1)
  return trace(
    name,
    q('select id, customer_id from orders limit $1', [count], { at: 'src/orders.ts:3:1', rows: count }),
    each(ids, (id) =>
      q('select name from customers where id = $1', [id], {
        at: 'src/orders.ts:5:9 name',
        rows: 1,
        ...from(0, 'customer_id', count),
      }),
    ),
  )
}

function groupsOf(traces: readonly Trace[], detectors = {}) {
  const { findings } = createProfiler({ console: 'off', detectors }).analyze(traces)
  return groupFindings(findings).map(({ lead, sameLine, explained }) => ({
    lead: `${lead.detector} ${lead.route}`,
    sameLine: sameLine.map(({ route }) => route),
    explained: explained.map(({ detector, route }) => `${detector} ${route}`),
  }))
}

describe('findings of one line', () => {
  test('are one group with all of its routes, the worst first', () => {
    const groups = groupsOf([page('GET /a'), page('GET /b'), page('GET /c')])
    expect(groups).toEqual([
      { lead: 'duplicate-query GET /a', sameLine: ['GET /b', 'GET /c'], explained: [] },
    ])
  })

  test('are several groups when the line sends several statements', () => {
    const at = 'src/db.ts:8:10'
    const other = trace(
      'GET /b',
      each([1, 1, 1], () => q('select * from prices where currency = $1', ['EUR'], { at })),
    )
    expect(groupsOf([page('GET /a', at), other])).toHaveLength(2)
  })

  test('are no group when the line is unknown', () => {
    const { findings } = createProfiler({ console: 'off' }).analyze([page('GET /a'), page('GET /b')])
    const withoutLines = findings.map((finding): Finding => ({ ...finding, callSite: [] }))
    expect(groupFindings(withoutLines)).toHaveLength(2)
  })
})

describe('a query budget', () => {
  test('that a loop exceeds is listed below the loop', () => {
    const groups = groupsOf([loop('GET /orders', 20)], { 'query-budget': { maxQueries: 10 } })
    expect(groups).toEqual([
      { lead: 'n-plus-one GET /orders', sameLine: [], explained: ['query-budget GET /orders'] },
    ])
  })

  test('that would be exceeded without the loop too is listed on its own', () => {
    const others = Array.from({ length: 15 }, (_, index) => q(`select ${'a'.repeat(index + 1)} from t`))
    const trace = loop('GET /orders', 5)
    const groups = groupsOf([{ ...trace, queries: [...trace.queries, ...others] }], {
      'query-budget': { maxQueries: 10 },
    })
    expect(groups.map(({ lead }) => lead)).toContain('query-budget GET /orders')
  })

  test('on another route is not explained by the loop', () => {
    const many = Array.from({ length: 15 }, (_, index) => q(`select ${'a'.repeat(index + 1)} from t`))
    const groups = groupsOf([loop('GET /orders', 9), trace('GET /report', ...many)], {
      'query-budget': { maxQueries: 12 },
    })
    expect(groups.map(({ explained }) => explained)).toEqual([[], []])
  })
})

describe('duplicates', () => {
  const [nPlusOne] = createProfiler({ console: 'off' }).analyze([loop('GET /orders', 6)]).findings as [
    Finding,
  ]
  const turns = nPlusOne.occurrences[0]?.queries ?? []
  const duplicate = (change: Partial<Finding>): Finding => ({
    ...nPlusOne,
    detector: 'duplicate-query',
    key: 'duplicate',
    evidence: [{ label: '3×', text: 'select rate from taxes where country = ?' }],
    statements: [],
    ...change,
  })
  const leads = (...findings: Finding[]) => groupFindings(findings).map(({ lead }) => lead.detector)
  const id = nPlusOne.occurrences[0]?.trace ?? ''

  test('that are queries of the loop are listed below it', () => {
    const inside = duplicate({ occurrences: [{ trace: id, queries: turns.slice(0, 3) }] })
    expect(leads(nPlusOne, inside)).toEqual(['n-plus-one'])
    expect(groupFindings([nPlusOne, inside])[0]?.explained).toEqual([inside])
  })

  test('that the loop’s line leads to, between its turns, are listed below it', () => {
    const callSite = [{ file: 'src/taxes.ts', line: 4, function: 'rate' }, ...nPlusOne.callSite]
    const inside = duplicate({ callSite, occurrences: [{ trace: id, queries: [2, 4] }] })
    expect(leads(nPlusOne, inside)).toEqual(['n-plus-one'])
  })

  test('that another path sends beside the loop are listed on their own', () => {
    const callSite = [{ file: 'src/taxes.ts', line: 4, function: 'rate' }]
    const beside = duplicate({ callSite, occurrences: [{ trace: id, queries: [100, 101] }] })
    expect(leads(nPlusOne, beside)).toEqual(['n-plus-one', 'duplicate-query'])
  })

  test('that another trace has too are listed on their own', () => {
    const occurrences = [
      { trace: id, queries: turns.slice(0, 3) },
      { trace: 'http GET /orders #2', queries: [0, 1, 2] },
    ]
    expect(leads(nPlusOne, duplicate({ occurrences }))).toEqual(['n-plus-one', 'duplicate-query'])
  })
})

test('every finding is in one group, in any report', () => {
  const { findings } = createProfiler({
    console: 'off',
    detectors: { 'query-budget': { maxQueries: 3 } },
  }).analyze([loop('GET /orders', 20), page('GET /a'), page('GET /b'), loop('GET /b', 4)])
  const grouped = groupFindings(findings).flatMap(({ lead, sameLine, explained }) => [
    lead,
    ...sameLine,
    ...explained,
  ])
  expect(grouped.map(({ key }) => key).toSorted()).toEqual(findings.map(({ key }) => key).toSorted())
})
