// Tests which reports pass the gate, on reports of traces as detectors read them.
import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { type Baseline, baselineOf, formatBaseline, parseBaseline } from '../../src/report/baseline.ts'
import { changeBaseline } from '../../src/report/change-baseline.ts'
import { type FailOn, judge } from '../../src/report/gate.ts'
import type { Report } from '../../src/types/report.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, q, trace } from '../trace-builder.ts'

const profiler = createProfiler({ console: 'off' })
const analyze = (...traces: Trace[]): Report =>
  profiler.analyze(traces.map((one, index) => ({ ...one, id: `${one.id} of ${index}` })))

interface Loop {
  at?: string
  table?: string
  turns?: number
}

let nextId = 100

/** Each trace has its own values, so that no two queries are equal. */
function loop({ at = 'src/a.ts:10:5 list', table = 'customers', turns = 5 }: Loop = {}) {
  return each(
    Array.from({ length: turns }, () => nextId++),
    (id) => q(`select name from ${table} where id = $1`, [id], { at }),
  )
}

const quiet = (name: string): Trace => trace(name, q('select 1'))
const judgeWith = (report: Report, before: Report | Baseline, failOn: FailOn = 'new') =>
  judge(report, { failOn, baseline: 'routes' in before ? baselineOf(before) : before })

const before = analyze(trace('GET /a', loop()), trace('GET /b', loop({ table: 'orders', turns: 9 })))

describe('without a baseline', () => {
  test.each<[FailOn, number]>([
    ['error', 0],
    ['warning', 2],
    ['info', 2],
  ])('--fail-on %s fails for findings of at least that severity', (failOn, failing) => {
    const verdict = judge(before, { failOn })
    expect(verdict.failing).toHaveLength(failing)
    expect(verdict.passed).toBe(failing === 0)
  })

  test('findings that depend on the load of the machine do not fail', () => {
    const slow = analyze(trace('GET /a', q('select * from t', [], { durationMs: 60_000 })))
    expect(slow.findings).toMatchObject([{ detector: 'slow-query' }])
    expect(judge(slow, { failOn: 'info' }).passed).toBe(true)
    expect(baselineOf(slow).findings).toEqual([])
  })

  test('a report without queries does not pass', () => {
    expect(judge(analyze(), { failOn: 'error' })).toMatchObject({ passed: false, sawNothing: true })
  })
})

describe('with a baseline', () => {
  test('accepted findings pass', () => {
    expect(judgeWith(before, before)).toEqual({
      passed: true,
      failing: [],
      sawNothing: false,
      accepted: 2,
      fixed: [],
      shrunk: [],
    })
  })

  test('a new finding fails, and is the only one named', () => {
    const now = analyze(
      trace('GET /a', loop(), loop({ table: 'items', at: 'src/a.ts:30:5 list' })),
      trace('GET /b', loop({ table: 'orders', turns: 9 })),
    )
    const { passed, failing, accepted } = judgeWith(now, before)
    expect(passed).toBe(false)
    expect(failing).toMatchObject([{ finding: { callSite: [{ line: 30 }] }, queries: 5 }])
    expect(failing[0]).not.toHaveProperty('budget')
    expect(accepted).toBe(2)
  })

  test('a finding beyond its budget fails, with both counts', () => {
    const now = analyze(
      trace('GET /a', loop({ turns: 6 })),
      trace('GET /b', loop({ table: 'orders', turns: 9 })),
    )
    expect(judgeWith(now, before)).toMatchObject({
      passed: false,
      failing: [{ finding: { route: 'GET /a' }, queries: 6, budget: 5 }],
    })
  })

  test('a finding within its budget passes in any number of traces', () => {
    const now = analyze(...[1, 2, 3].map(() => trace('GET /a', loop())), quiet('GET /b'))
    expect(judgeWith(now, before).passed).toBe(true)
  })

  test('the worst occurrence counts, although only the first ones are kept', () => {
    const many = Array.from({ length: 30 }, (_, i) => trace('GET /a', loop({ turns: i === 17 ? 50 : 5 })))
    expect(baselineOf(analyze(...many)).findings[0]?.queries).toBe(50)
    expect(baselineOf(analyze(...many.toReversed())).findings[0]?.queries).toBe(50)
  })

  test('moved lines change nothing', () => {
    const now = analyze(
      trace('GET /a', loop({ at: 'src/a.ts:99:9 list' })),
      trace('GET /b', loop({ table: 'orders', turns: 9, at: 'src/moved/b.ts:1:1 list' })),
    )
    expect(judgeWith(now, before)).toMatchObject({ passed: true, accepted: 2, fixed: [] })
  })

  test('a renamed function is recognised', () => {
    const named = (name: string) => analyze(trace('GET /a', loop({ at: `src/a.ts:10:5 ${name}`.trim() })))
    for (const [one, other] of [
      ['list', 'listAll'],
      ['', 'list'],
      ['list', ''],
    ] as const) {
      expect(judgeWith(named(other), named(one))).toMatchObject({ passed: true, accepted: 1, fixed: [] })
    }
  })

  test('the same statement in a further function is new', () => {
    const now = analyze(
      trace('GET /a', loop(), loop({ at: 'src/a.ts:50:5 listAgain' })),
      trace('GET /b', loop({ table: 'orders', turns: 9 })),
    )
    const { failing, accepted } = judgeWith(now, before)
    expect(failing).toMatchObject([{ finding: { callSite: [{ function: 'listAgain' }] } }])
    expect(accepted).toBe(2)
  })

  test('two loops of one function keep their budgets when they change places, or when one of them is removed', () => {
    const loops = (...turns: number[]) =>
      analyze(
        trace(
          'GET /a',
          ...turns.map((count, i) => loop({ turns: count, at: `src/a.ts:${10 * (i + 1)}:5 list` })),
        ),
      )
    expect(judgeWith(loops(20, 5), loops(5, 20))).toMatchObject({ passed: true, accepted: 2, shrunk: [] })
    expect(judgeWith(loops(20), loops(5, 20))).toMatchObject({
      passed: true,
      fixed: [{ queries: 5 }],
      shrunk: [],
    })
    expect(judgeWith(loops(20, 6), loops(5, 20))).toMatchObject({
      passed: false,
      failing: [{ queries: 6, budget: 5 }],
    })
    expect(judgeWith(loops(20, 5, 5), loops(5, 20))).toMatchObject({
      passed: false,
      failing: [{ queries: 5 }],
    })
  })

  test('fixed and smaller findings are reported', () => {
    const now = analyze(trace('GET /a', loop({ turns: 4 })), quiet('GET /b'))
    expect(judgeWith(now, before)).toMatchObject({
      passed: true,
      fixed: [{ route: 'GET /b' }],
      shrunk: [{ entry: { route: 'GET /a', queries: 5 }, queries: 4 }],
    })
  })

  test('a suppressed finding needs no entry any more, and is new when its suppression ends', () => {
    const traces = [trace('GET /a', loop()), trace('GET /b', loop({ table: 'orders', turns: 9 }))]
    const suppress = [{ route: 'GET /b', reason: 'goes away' }]
    const suppressed = createProfiler({ console: 'off', suppress }).analyze(traces)
    expect(judgeWith(suppressed, before)).toMatchObject({ passed: true, fixed: [{ route: 'GET /b' }] })
    const { baseline } = changeBaseline(baselineOf(before), suppressed)
    expect(judgeWith(analyze(...traces), baseline)).toMatchObject({
      passed: false,
      failing: [{ finding: { route: 'GET /b' } }],
    })
  })

  test('an unseen finding is not fixed', () => {
    expect(judgeWith(analyze(trace('GET /a', loop())), before)).toMatchObject({ passed: true, fixed: [] })
    const off = judge(analyze(quiet('GET /a'), quiet('GET /b')), {
      failOn: 'new',
      baseline: baselineOf(before),
      detectors: ['slow-query'],
    })
    expect(off.fixed).toEqual([])
  })

  test('with a severity, new findings below it do not fail', () => {
    const now = analyze(trace('GET /a', loop()), trace('GET /c', loop()))
    expect(judgeWith(now, before, 'error')).toMatchObject({ passed: true, accepted: 1 })
    expect(judgeWith(now, before, 'warning')).toMatchObject({ passed: false, failing: [{}] })
  })
})

describe('a baseline', () => {
  test('is a sorted file without lines, for people and for diffs', () => {
    expect(formatBaseline(baselineOf(before))).toMatch(
      /^\{\n {2}"v": 2,\n {2}"findings": \[\n {4}\{\n {6}"key": "n-plus-one \| GET \/a/,
    )
    expect(baselineOf(before).findings.map(({ route, at, queries }) => ({ route, at, queries }))).toEqual([
      { route: 'GET /a', at: 'src/a.ts list', queries: 5 },
      { route: 'GET /b', at: 'src/a.ts list', queries: 9 },
    ])
    expect(parseBaseline(formatBaseline(baselineOf(before)), 'b.json')).toEqual(baselineOf(before))
  })

  test('gets smaller with fixed and smaller findings, and keeps unseen ones', () => {
    const three = analyze(...['GET /a', 'GET /b', 'GET /c'].map((name) => trace(name, loop({ turns: 9 }))))
    const now = analyze(trace('GET /a', loop({ turns: 4 })), quiet('GET /b'))
    const { baseline, removed, lowered, raised, refused } = changeBaseline(baselineOf(three), now)
    expect(baseline.findings.map(({ route, queries }) => [route, queries])).toEqual([
      ['GET /a', 4],
      ['GET /c', 9],
    ])
    expect([removed, lowered, raised, refused].map((list) => list.length)).toEqual([1, 1, 0, 0])
  })

  test('accepts no finding and raises no budget, unless growth is allowed', () => {
    const now = analyze(trace('GET /a', loop({ turns: 7 })), trace('GET /c', loop()))
    const kept = changeBaseline(baselineOf(before), now)
    expect(kept.baseline).toEqual(baselineOf(before))
    expect(kept.refused.map(({ route, queries }) => [route, queries])).toEqual([
      ['GET /a', 7],
      ['GET /c', 5],
    ])
    const grown = changeBaseline(baselineOf(before), now, { allowGrowth: true })
    expect(grown.baseline.findings.map(({ route, queries }) => [route, queries])).toEqual([
      ['GET /a', 7],
      ['GET /b', 9],
      ['GET /c', 5],
    ])
  })

  test('follows a renamed function', () => {
    const now = analyze(trace('GET /a', loop({ at: 'src/a.ts:10:5 listAll' })), quiet('GET /b'))
    const { baseline } = changeBaseline(baselineOf(before), now)
    expect(baseline.findings).toMatchObject([{ at: 'src/a.ts listAll', queries: 5 }])
    expect(judgeWith(now, baseline)).toMatchObject({ passed: true, accepted: 1, fixed: [] })
  })

  test.each([
    ['{', 'b.json is not JSON'],
    ['[]', 'b.json is no baseline: v is undefined'],
    ['{"v":3,"findings":[]}', 'b.json is no baseline: v is 3, expected version 2'],
    ['{"v":1,"findings":[]}', 'b.json is a baseline of version 1, in which each statement of a loop'],
    [
      '{"v":2,"findings":[{"key":"a","detector":"b","route":"c","queries":-1}]}',
      'findings.0.queries is -1, expected a whole number',
    ],
    [
      `{"v":2,"findings":[${['a', 'a'].map((key) => `{"key":"${key}","detector":"b","route":"c","queries":1}`)}]}`,
      'it holds a twice',
    ],
  ])('with a mistake is refused with its name: %s', (text, message) => {
    expect(() => parseBaseline(text, 'b.json')).toThrow(message)
  })
})
