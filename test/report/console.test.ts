import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../src/profiler.ts'
import { consoleListener } from '../../src/report/console-listener.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import type { Trace } from '../../src/types.ts'
import { each, from, q, trace } from '../trace-builder.ts'

const profiler = createProfiler()

function loop(count: number, name = 'GET /orders'): Trace {
  return {
    ...trace(
      name,
      q('select id from orders', [], { at: '/app/src/orders.ts:3:9 list', rows: count }),
      each(
        Array.from({ length: count }, (_, i) => i + 2000),
        (id) =>
          q('select name from customers where id = $1', [id], {
            at: '/app/src/orders.ts:5:9 list',
            ...from(0, 'id', count),
          }),
      ),
    ),
    durationMs: 12.34,
  }
}

describe('the console reporter', () => {
  test('prints a trace without findings as one line', () => {
    const report = profiler.analyze([{ ...trace('GET /', q('select 1')), durationMs: 3 }])
    expect(reporters.console(report)).toBe('GET /  1 query  3.0 ms (0.5 ms in queries)\n')
  })

  test('prints a finding with its line, its origin, what to do instead and what that saves', () => {
    expect(reporters.console(profiler.analyze([loop(4)]), { cwd: '/app' })).toMatchInlineSnapshot(`
      "GET /orders  5 queries  12 ms (2.5 ms in queries)

        ✖ N+1: 4 queries, one for each row  n-plus-one, proven
          at       src/orders.ts:5:9 list
          4×       select name from customers where id = ?
          rows of  select id from orders  (src/orders.ts:3:9 list)
          why      Each of the 4 values of customers.id came from column id of 4 rows of one earlier query.
          instead  Collect the id values first and ask once, with id = any(…).
                   select id, name from customers where id = any($1)
          saves    3 round trips: 1.5 ms here, 59 ms at 1 ms a round trip and ten times the rows

      "
    `)
  })

  test('says what a loop would cost on a network with ten times the rows, from the time it took here', () => {
    const text = reporters.console(profiler.analyze([loop(4)]), { roundTripMs: 2 })
    expect(text).toMatch(
      /saves +3 round trips: 1\.5 ms here, 98 ms at 2 ms a round trip and ten times the rows/,
    )
  })

  test('sums up several traces of one route in one line', () => {
    const report = profiler.analyze([loop(4), loop(6)])
    expect(reporters.console(report).split('\n')[0]).toBe(
      'GET /orders  2 times  5 to 7 queries  12 ms (3.5 ms in queries)',
    )
  })

  test('is coloured only when it is told so', () => {
    const report = profiler.analyze([loop(4)])
    const startOfColour = '\u001b['
    expect(reporters.console(report)).not.toContain(startOfColour)
    expect(reporters.console(report, { color: true })).toContain(startOfColour)
  })

  test('lets nothing in a statement or a name steer the terminal', () => {
    const hostile = 'select "\u001b[2J\u0007\u202e" from t where id = $1'
    const report = profiler.analyze([
      trace(
        'GET /\u001b[31m',
        each([1, 2, 3], (id) => q(hostile, [id])),
      ),
    ])
    expect(reporters.console(report)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
    expect(report.findings).toHaveLength(1)
  })

  test('cuts a statement of a megabyte to what can be read', () => {
    const long = `select ${'column_name, '.repeat(80_000)} 1 from t where id = $1`
    const report = profiler.analyze([
      trace(
        'GET /',
        each([1, 2, 3], (id) => q(long, [id])),
      ),
    ])
    expect(reporters.console(report).length).toBeLessThan(8000)
  })

  test('says what was left out', () => {
    const report = profiler.analyze([{ ...trace('GET /', q('select 1')), truncated: 3 }])
    expect(reporters.console(report)).toContain('Left out: 3 queries were counted but not kept.')
  })
})

describe('the live console', () => {
  function listen() {
    const written: string[] = []
    const { hear } = consoleListener(1, { write: (text: string) => written.push(text) })
    return (one: Trace) => {
      hear(profiler.analyze([one]), one)
      return written.splice(0).join('')
    }
  }

  test('shows a finding once, then counts it', () => {
    const show = listen()
    expect(show(loop(4))).toContain('N+1: 4 queries')
    const second = show(loop(4))
    expect(second).toMatch(/^GET \/orders .* the finding above, for the 2nd time\n$/)
    expect(show(loop(4))).toContain('for the 3rd time')
  })

  test('shows it again when it has grown, not when it has shrunk', () => {
    const show = listen()
    show(loop(4))
    expect(show(loop(3))).toContain('for the 2nd time')
    expect(show(loop(9))).toContain('N+1: 9 queries')
    expect(show(loop(9))).toContain('for the 4th time')
  })

  test('shows the same pattern on another route', () => {
    const show = listen()
    show(loop(4))
    expect(show(loop(4, 'GET /invoices'))).toContain('N+1: 4 queries')
  })

  test('sums up what a route does again and again, and goes on showing what is new', () => {
    const written: string[] = []
    const console = consoleListener(1, { write: (text: string) => written.push(text) })
    const show = (one: Trace) => console.hear(profiler.analyze([one]), one)
    for (let at = 0; at < 100; at++) show(loop(4))
    // The finding, and five lines that say that it was there again.
    expect(written).toHaveLength(6)
    show(loop(9))
    expect(written.at(-1)).toContain('N+1: 9 queries')
    console.flush()
    expect(written.at(-1)).toMatch(/^GET \/orders {2}94 times {2}5 queries .* as before, on average\n$/)
  })

  test('tells of traces that were only counted in one line', () => {
    const written: string[] = []
    const console = consoleListener(1, { write: (text: string) => written.push(text) })
    for (const queryCount of [3, 5]) {
      console.count({ name: 'GET /orders', queryCount, durationMs: 4, countedMs: 1 })
    }
    expect(written).toEqual([])
    console.flush()
    console.flush()
    expect(written).toEqual([
      'GET /orders  2 times  3 to 5 queries  4.0 ms (1.0 ms in queries)  as before, on average\n',
    ])
  })

  test('says nothing about the traces of tests, which assert for themselves', () => {
    expect(listen()({ ...loop(4), kind: 'test' })).toBe('')
  })
})

describe('suppressions', () => {
  const suppress = [
    { route: 'GET /legacy', reason: 'to be replaced' },
    { route: 'GET /orders', detector: 'slow-query', reason: 'was slow' },
    { route: 'GET /orders', detector: 'n-plus-one', reason: 'was few', until: '2020-01-01' },
    { route: 'GET /never', reason: 'not asked for' },
  ]
  const print = (...traces: Trace[]) =>
    reporters.console(createProfiler({ reporters: [], suppress }).analyze(traces))

  test('are counted, and those that do nothing are told with the next step', () => {
    const text = print(loop(4), loop(4, 'GET /legacy'))
    expect(text).toContain(
      [
        '1 finding is suppressed, for one reason.',
        '  unused   suppress slow-query, GET /orders (was slow): there is nothing to leave out any more: take it away',
        '  expired  suppress n-plus-one, GET /orders (was few): was good until 2020-01-01: fix what it leaves out, or give it a new day',
        '',
      ].join('\n'),
    )
    expect(text).not.toContain('not asked for')
  })

  test('in code are told with their line', () => {
    const ignored = { ignored: [{ by: 'ignore' as const, reason: 'a\u001b[31m' }] }
    const text = print(trace('GET /x', q('select 1', [], { at: 'x.ts:3:1 one', ...ignored })))
    expect(text).toContain('  unused   ignore (a�[31m) x.ts:3:1 one: there is nothing to leave out any more')
  })

  test('are not mentioned where there are none', () => {
    expect(reporters.console(profiler.analyze([loop(4)]))).not.toContain('suppress')
  })
})

test('the json reporter prints the report as it is', () => {
  const report = profiler.analyze([loop(4)])
  expect(JSON.parse(reporters.json(report))).toEqual(JSON.parse(JSON.stringify(report)))
})
