import { describe, expect, test } from 'vitest'
import type { SuppressEntry } from '../../src/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { consoleListener } from '../../src/report/console-listener.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import type { Trace } from '../../src/types/trace.ts'
import { finding, heldAgainstBaseline, hostileFinding, reportOf } from '../report-builder.ts'
import { each, from, q, trace } from '../trace-builder.ts'

const profiler = createProfiler()

function loop(count: number, name = 'GET /orders', at = '/app/src/orders.ts:5:9 list'): Trace {
  return {
    ...trace(
      name,
      q('select id from orders', [], { at: '/app/src/orders.ts:3:9 list', rows: count }),
      each(
        Array.from({ length: count }, (_, i) => i + 2000),
        (id) =>
          q('select name from customers where id = $1', [id], {
            at,
            ...from(0, 'id', count),
          }),
      ),
    ),
    durationMs: 12.34,
  }
}

const ESCAPE = '\u001b'
const BELL = '\u0007'

describe('the console reporter', () => {
  test('prints a trace without findings as one line', () => {
    const report = profiler.analyze([{ ...trace('GET /', q('select 1')), durationMs: 3 }])
    expect(reporters.console.render(report)).toBe('GET /  1 query  3.0 ms (0.5 ms in queries)\n')
  })

  test('leaves out traces without queries when others have some', () => {
    const test = { ...trace('orders.test.ts > asks once'), durationMs: 9 }
    const report = profiler.analyze([test, { ...trace('GET /', q('select 1')), durationMs: 3 }])
    expect(reporters.console.render(report)).toBe('GET /  1 query  3.0 ms (0.5 ms in queries)\n')
    expect(reporters.console.render(profiler.analyze([test]))).toMatch(
      /^orders\.test\.ts > asks once {2}0 queries/,
    )
  })

  test('prints a finding with its line, its origin, its remedy and the savings', () => {
    expect(reporters.console.render(profiler.analyze([loop(4)]), { cwd: '/app' })).toMatchInlineSnapshot(`
      "GET /orders  5 queries  12 ms (2.5 ms in queries)

        in GET /orders
        ▲ N+1: 4 queries, one for each row  n-plus-one, proven
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
    const text = reporters.console.render(profiler.analyze([loop(4)]), { roundTripMs: 2 })
    expect(text).toMatch(
      /saves +3 round trips: 1\.5 ms here, 98 ms at 2 ms a round trip and ten times the rows/,
    )
  })

  test('sums up several traces of one route in one line', () => {
    const report = profiler.analyze([loop(4), loop(6)])
    expect(reporters.console.render(report).split('\n')[0]).toBe(
      'GET /orders  2 times  5 to 7 queries  12 ms (3.5 ms in queries)',
    )
  })

  test('is coloured only on request', () => {
    const report = profiler.analyze([loop(4)])
    const startOfColour = '\u001b['
    expect(reporters.console.render(report)).not.toContain(startOfColour)
    expect(reporters.console.render(report, { color: true })).toContain(startOfColour)
  })

  test('prevents statements and names from controlling the terminal', () => {
    const hostile = 'select "\u001b[2J\u0007\u202e" from t where id = $1'
    const report = profiler.analyze([
      trace(
        'GET /\u001b[31m',
        each([1, 2, 3], (id) => q(hostile, [id])),
      ),
    ])
    expect(reporters.console.render(report)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
    expect(report.findings).toHaveLength(1)
  })

  test('cuts a statement of a megabyte to a readable length', () => {
    const long = `select ${'column_name, '.repeat(80_000)} 1 from t where id = $1`
    const report = profiler.analyze([
      trace(
        'GET /',
        each([1, 2, 3], (id) => q(long, [id])),
      ),
    ])
    expect(reporters.console.render(report).length).toBeLessThan(8000)
  })

  test('wraps at the width of a terminal, below the text, and keeps text for copying on one line', () => {
    expect(
      reporters.console.render(profiler.analyze([loop(4)]), { cwd: '/app', width: 60 }),
    ).toMatchInlineSnapshot(`
      "GET /orders  5 queries  12 ms (2.5 ms in queries)

        in GET /orders
        ▲ N+1: 4 queries, one for each row  n-plus-one, proven
          at       src/orders.ts:5:9 list
          4×       select name from customers where id = ?
          rows of  select id from orders  (src/orders.ts:3:9 list)
          why      Each of the 4 values of customers.id came from
                   column id of 4 rows of one earlier query.
          instead  Collect the id values first and ask once, with
                   id = any(…).
                   select id, name from customers where id = any($1)
          saves    3 round trips: 1.5 ms here, 59 ms at 1 ms a
                   round trip and ten times the rows

      "
    `)
  })

  test('breaks text of wide characters anywhere, but never a path', () => {
    const wide = finding({
      detail: '每一行都发送一个查询'.repeat(4),
      callSite: [{ file: `src/${'long/'.repeat(12)}orders.ts`, line: 3, column: 1, function: 'list' }],
    })
    const lines = reporters.console.render(reportOf(wide), { width: 50 }).split('\n')
    const why = lines.slice(lines.findIndex((line) => line.includes('why')))
    expect(why.slice(0, 3)).toEqual([
      '    why      每一行都发送一个查询每一行都发送一个',
      '             查询每一行都发送一个查询每一行都发送',
      '             一个查询',
    ])
    expect(lines).toContain(`    at       src/${'long/'.repeat(12)}orders.ts:3:1`)
    expect(lines).toContain('             list')
  })

  test('makes each place a link when the terminal supports links, line by line when it is wrapped', () => {
    const report = reportOf(
      finding({ callSite: [{ file: 'src/a b.ts', line: 3, column: 7, function: 'list' }] }),
    )
    const link = (url: string, text: string) => `${ESCAPE}]8;;${url}${BELL}${text}${ESCAPE}]8;;${BELL}`
    const options = { cwd: '/app', links: true, editor: 'vscode' }
    expect(reporters.console.render(report, options)).toContain(
      `at       ${link('vscode://file/app/src/a%20b.ts:3:7', 'src/a b.ts:3:7 list')}`,
    )
    expect(reporters.console.render(report, { cwd: '/app', links: true })).toContain(
      'file:///app/src/a%20b.ts',
    )
    expect(reporters.console.render(report, { ...options, width: 34 })).toContain(
      link('vscode://file/app/src/orders.ts:35:1', 'src/orders.ts:35'),
    )
    expect(reporters.console.render(report, { cwd: '/app', editor: 'vscode' })).not.toContain('vscode')
  })

  test('puts no character of a name into a link that could end it', () => {
    const text = reporters.console.render(reportOf(hostileFinding()), { cwd: '/app', links: true })
    const parts = text.split(`${ESCAPE}]8;;`).slice(1)
    expect(parts.length).toBeGreaterThan(0)
    for (const part of parts) expect(part.slice(0, part.indexOf(BELL))).toMatch(/^[\x21-\x7e]*$/)
    const shown = parts.map((part) => part.slice(part.indexOf(BELL) + 1)).join('')
    expect(shown).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
  })

  test('says what was left out', () => {
    const report = profiler.analyze([{ ...trace('GET /', q('select 1')), truncated: 3 }])
    expect(reporters.console.render(report)).toContain('Left out: 3 queries were counted but not kept.')
  })
})

describe('the live console', () => {
  function listen() {
    const written: string[] = []
    const { hear } = consoleListener({ output: { write: (text: string) => written.push(text) } })
    return (one: Trace) => {
      hear(profiler.analyze([one]), one)
      return written.splice(0).join('')
    }
  }

  test('shows a finding in full once, then names it with its line', () => {
    const show = listen()
    expect(show(loop(4))).toContain('N+1: 4 queries')
    expect(show(loop(4))).toMatch(/^pg-loupe {2}GET \/orders .* n-plus-one at orders.ts:5, second time\n$/)
    expect(show(loop(4))).toContain('n-plus-one at orders.ts:5, third time')
    expect(show(loop(4))).toContain('n-plus-one at orders.ts:5, 4th time')
  })

  test('says in one line that it has grown, and nothing when it has shrunk', () => {
    const show = listen()
    show(loop(4))
    expect(show(loop(3))).toContain('second time')
    expect(show(loop(9))).toMatch(
      /^pg-loupe {2}GET .* n-plus-one at orders.ts:5 has grown from 4 to 9 queries\n$/,
    )
    expect(show(loop(9))).toContain('4th time')
  })

  test('says in one line that another route leads to the same place', () => {
    const show = listen()
    show(loop(4))
    expect(show(loop(4, 'GET /invoices'))).toMatch(
      /^pg-loupe {2}GET \/invoices .* n-plus-one at orders.ts:5 as shown for GET \/orders\n$/,
    )
    expect(show(loop(4, 'GET /invoices'))).toContain('second time')
  })

  test('shows a finding of another place on a known route in full', () => {
    const show = listen()
    show(loop(4))
    expect(show(loop(4, 'GET /orders', 'src/items.ts:7:3 items'))).toContain('N+1: 4 queries')
  })

  test('prints nothing for a request that sends no query', () => {
    expect(listen()(trace('GET /style.css'))).toBe('')
  })

  test('shows the status of a failed request, and the number of failed queries', () => {
    const failed = {
      ...trace('GET /x', q('select 1'), q('select 2', [], { error: '42P01' })),
      labels: { status: '500' },
    }
    expect(listen()(failed)).toMatch(
      /^pg-loupe {2}GET \/x {2}2 queries {2}.* {2}status 500; 1 failed query\n$/,
    )
    expect(listen()({ ...trace('GET /x', q('select 1')), labels: { status: '200' } })).not.toContain('status')
  })

  test('folds hints into one line, once for each place, and says where they are in full', () => {
    const hint = (file: string, line: number) =>
      finding({
        detector: 'unread-columns',
        severity: 'info',
        callSite: [{ file, line }],
        key: `${file} ${line}`,
      })
    const written: string[] = []
    const { hear } = consoleListener({
      output: { write: (text: string) => written.push(text) },
      reportFile: 'r.json',
    })
    const one = trace('GET /orders', q('select 1'))
    hear(reportOf(hint('src/a.ts', 3), hint('src/b.ts', 9)), one)
    expect(written.join('').split('\n').slice(1)).toEqual([
      '  ● 2 hints: unread-columns at a.ts:3, unread-columns at b.ts:9; npx pg-loupe report r.json shows them in full',
      '',
    ])
    written.length = 0
    hear(reportOf(hint('src/a.ts', 3)), one)
    expect(written.join('')).not.toContain('hint')
    hear(reportOf(hint('src/c.ts', 1)), one)
    expect(written.join('')).toContain('  ● 1 hint: unread-columns at c.ts:1\n')
  })

  test('sums up the repeated requests of a route, and continues to show new findings', () => {
    const written: string[] = []
    const console = consoleListener({ output: { write: (text: string) => written.push(text) } })
    const show = (one: Trace) => console.hear(profiler.analyze([one]), one)
    for (let at = 0; at < 100; at++) show(loop(4))
    // The finding, followed by five lines that say that it occurred again.
    expect(written).toHaveLength(6)
    show(loop(9))
    expect(written.at(-1)).toContain('has grown from 4 to 9 queries')
    console.flush()
    expect(written.at(-1)).toMatch(
      /^pg-loupe {2}GET \/orders {2}94 times {2}5 queries .* as before, on average\n$/,
    )
  })

  test('reports traces that were only counted in one line', () => {
    const written: string[] = []
    const console = consoleListener({ output: { write: (text: string) => written.push(text) } })
    for (const queryCount of [3, 5]) {
      console.count({ name: 'GET /orders', queryCount, durationMs: 4, countedMs: 1 })
    }
    expect(written).toEqual([])
    console.count({ name: 'GET /style.css', queryCount: 0, durationMs: 4, countedMs: 0 })
    console.flush()
    console.flush()
    expect(written).toEqual([
      'pg-loupe  GET /orders  2 times  3 to 5 queries  4.0 ms (1.0 ms in queries)  as before, on average\n',
    ])
  })

  test('reports a comment that suppresses nothing once for each line, with the mistake', () => {
    const show = listen()
    const sent = (comment: string, at: string) =>
      trace('GET /x', q(`/* pg-loupe-ignore${comment} */ select 1`, [], { at }))
    const [noReason, noColon] = [sent('', '/app/x.ts:3:1 one'), sent(' four shops', '/app/x.ts:9:1 two')]
    expect(show(noReason)).toContain(
      'invalid  pg-loupe-ignore /app/x.ts:3:1 one: suppresses nothing without a reason: write one after a colon',
    )
    expect(show(noReason)).not.toContain('invalid')
    expect(show(noColon)).toContain('/app/x.ts:9:1 two: suppresses nothing without a reason')
    expect(show(sent(' n-plus-on: few', '/app/x.ts:12:1'))).toContain('there is no detector n-plus-on: use')
    expect(show(sent(' until 2026-02-31: few', '/app/x.ts:15:1'))).toContain('until takes a date')
    expect(show(sent(' n-plus-one until 2099-01-31: few', '/app/x.ts:18:1'))).not.toContain('invalid')
  })

  test('with findings only, prints a request only when a finding is new, has grown or is on a further route', () => {
    const written: string[] = []
    const console = consoleListener({
      level: 'findings',
      output: { write: (text: string) => written.push(text) },
    })
    const show = (one: Trace) => {
      console.hear(profiler.analyze([one]), one)
      return written.splice(0).join('')
    }
    expect(show(trace('GET /quiet', q('select 1')))).toBe('')
    expect(show(loop(4))).toContain('N+1: 4 queries')
    expect(show(loop(4))).toBe('')
    expect(show(loop(9))).toContain('has grown from 4 to 9 queries')
    expect(show(loop(4, 'GET /invoices'))).toContain('as shown for GET /orders')
    console.hear(reportOf(finding({ severity: 'info', key: 'hint' })), trace('GET /orders', q('select 1')))
    console.count({ name: 'GET /orders', queryCount: 3, durationMs: 4, countedMs: 1 })
    console.flush()
    expect(written).toEqual([])
  })

  test('writes a request with all of its findings at once, so that no log line separates them', () => {
    const written: string[] = []
    const { hear } = consoleListener({ output: { write: (text: string) => written.push(text) } })
    const one = loop(4)
    hear(profiler.analyze([one]), one)
    expect(written).toHaveLength(1)
  })

  test('reads the width of the terminal for each text', () => {
    const written: string[] = []
    const output = { write: (text: string) => written.push(text), isTTY: true, columns: 200 }
    const { hear } = consoleListener({ output })
    for (const [columns, name] of [
      [200, 'GET /orders'],
      [40, 'GET /invoices'],
    ] as const) {
      output.columns = columns
      const one = loop(4, name)
      hear(profiler.analyze([one]), one)
    }
    expect(written[0]?.split('\n')[0]?.length).toBeGreaterThan(40)
    for (const line of written[1]?.trimEnd().split('\n') ?? []) expect(line.length).toBeLessThanOrEqual(40)
  })

  test('says nothing about the traces of tests, which assert for themselves', () => {
    expect(listen()({ ...loop(4), kind: 'test' })).toBe('')
  })
})

describe('against a baseline', () => {
  test('new and grown findings are printed in full, last, and accepted ones are counted', () => {
    const { report, states } = heldAgainstBaseline()
    const text = reporters.console.render(report, { states })
    const lines = text.split('\n')
    expect(lines.filter((line) => /^ {2}[✖▲●]/.test(line))).toEqual([
      '  ✖ new finding  n-plus-one, proven',
      '  ✖ Grown from 4 to 12 queries: grown finding  n-plus-one, proven',
    ])
    const counts = lines.indexOf('1 finding is accepted by pg-loupe-baseline.json.')
    expect(lines[counts + 1]).toBe(
      '1 slow query is not compared with it, because times differ from run to run.',
    )
    expect(counts).toBeLessThan(lines.findIndex((line) => line.includes('✖')))
    expect(text).toMatch(/saves .*\n\n$/)
  })

  test('no counts are printed when everything is new', () => {
    const { report, states } = heldAgainstBaseline()
    const none = { ...states, accepted: new Map(), unjudged: new Set<string>() }
    const text = reporters.console.render(report, { states: none })
    expect(text).not.toMatch(/accepted by|held against/)
    for (const name of ['accepted', 'slow']) expect(text).toContain(`✖ ${name} finding`)
  })
})

describe('suppressions', () => {
  const suppress: SuppressEntry[] = [
    { route: 'GET /legacy', reason: 'to be replaced' },
    { route: 'GET /orders', detector: 'slow-query', reason: 'was slow' },
    { route: 'GET /orders', detector: 'n-plus-one', reason: 'was few', until: '2020-01-01' },
    { route: 'GET /never', reason: 'not asked for' },
  ]
  const print = (...traces: Trace[]) =>
    reporters.console.render(createProfiler({ console: 'off', suppress }).analyze(traces))

  test('are counted, and those without effect are listed with the next step', () => {
    const text = print(loop(4), loop(4, 'GET /legacy'))
    expect(text).toContain(
      [
        '1 finding is suppressed, for one reason.',
        '  unused   suppress slow-query, GET /orders (was slow): it suppresses nothing any more: remove it',
        '  expired  suppress n-plus-one, GET /orders (was few): was valid until 2020-01-01: fix the findings that it suppresses, or give it a later date',
        '',
      ].join('\n'),
    )
    expect(text).not.toContain('not asked for')
  })

  test('in code are listed with their line', () => {
    const ignored = { ignored: [{ by: 'ignore' as const, reason: 'a\u001b[31m' }] }
    const text = print(trace('GET /x', q('select 1', [], { at: 'x.ts:3:1 one', ...ignored })))
    expect(text).toContain('  unused   ignore (a�[31m) x.ts:3:1 one: it suppresses nothing any more')
  })

  test('are not mentioned when there are none', () => {
    expect(reporters.console.render(profiler.analyze([loop(4)]))).not.toContain('suppress')
  })
})

test('the json reporter prints the report as it is', () => {
  const report = profiler.analyze([loop(4)])
  expect(JSON.parse(reporters.json.render(report))).toEqual(JSON.parse(JSON.stringify(report)))
})
