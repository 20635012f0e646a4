// A loop is one finding, whatever it sends. These tests check which queries belong to it, and its key.
import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { baselineOf } from '../../src/report/baseline.ts'
import { compareReports } from '../../src/report/compare-reports.ts'
import { judge } from '../../src/report/gate.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import { fingerprint } from '../../src/sql/index.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { q, trace } from '../trace-builder.ts'

const profiler = createProfiler({ console: 'off' })
const analyze = (...traces: Trace[]) => profiler.analyze(traces)

interface Sent {
  sql: string
  at: string | readonly string[]
  /** Number of executions in each turn. */
  times?: number
}

const HANDLER = 'src/app.ts:7:3 handler'

/** A trace with `turns` turns, each of which sends the statements in this order. All values differ. */
function loop(turns: number, ...statements: readonly Sent[]): Query[] {
  return Array.from({ length: turns }, () => statements.flatMap(send)).flat()
}

let nextValue = 5000

function send({ sql, at, times = 1 }: Sent): Query[] {
  return Array.from({ length: times }, () => q(sql, [nextValue++], { at }))
}

const read = (table: string, line: number, name = 'importDocuments'): Sent => ({
  sql: `select id from ${table} where source = $1`,
  at: [`src/importer.ts:${line}:11 ${name}`, HANDLER],
})
const write = (table: string, line: number, name = 'importDocuments'): Sent => ({
  sql: `insert into ${table} (source) values ($1)`,
  at: [`src/importer.ts:${line}:11 ${name}`, HANDLER],
})

describe('one loop is one finding', () => {
  test('with its reads and its writes, and the positions of all of their queries', () => {
    const { findings } = analyze(
      trace(
        'POST /import',
        q('select 1'),
        loop(20, read('documents', 41), write('documents', 42), write('links', 43)),
      ),
    )
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      detector: 'n-plus-one',
      severity: 'error',
      confidence: 'likely',
      title: 'N+1: 60 queries of 3 statements from one loop',
      key: 'n-plus-one | POST /import | importDocuments',
      callSite: [{ file: 'src/importer.ts', line: 41, function: 'importDocuments' }, { function: 'handler' }],
      cost: { queries: 57, roundTrips: 57 },
    })
    expect(findings[0]?.occurrences[0]?.queries).toEqual(Array.from({ length: 60 }, (_, at) => at + 1))
    expect(findings[0]?.statements?.map(({ detector, count }) => [detector, count])).toEqual([
      ['n-plus-one', 20],
      ['n-plus-one-write', 20],
      ['n-plus-one-write', 20],
    ])
    expect(findings[0]?.statements?.every(({ remediation }) => remediation !== '')).toBe(true)
  })

  test('when its statements are sent by helpers that it calls', () => {
    const { findings } = analyze(
      trace(
        'POST /import',
        loop(
          5,
          {
            sql: 'select a from t where id = $1',
            at: ['src/find.ts:3:1 findOne', 'src/importer.ts:41:11 importDocuments', HANDLER],
          },
          {
            sql: 'insert into t (a) values ($1)',
            at: [
              'src/save.ts:9:1 insertRow',
              'src/save.ts:20:1 save',
              'src/importer.ts:44:11 importDocuments',
            ],
          },
        ),
      ),
    )
    expect(findings).toMatchObject([
      {
        key: 'n-plus-one | POST /import | importDocuments',
        callSite: [{ file: 'src/importer.ts', line: 41 }, { function: 'handler' }],
      },
    ])
  })

  test('when a method is called on objects of several classes', () => {
    const at = (line: number, name: string) => [`src/importer.ts:${line}:1 ${name}`, HANDLER]
    const { findings } = analyze(
      trace(
        'POST /import',
        loop(
          5,
          { sql: 'select a from t where id = $1', at: at(41, 'Importer.run') },
          { sql: 'select b from u where id = $1', at: at(42, 'NightlyImporter.run [as start]') },
        ),
      ),
    )
    expect(findings).toHaveLength(1)
  })

  test('with what a loop inside it sends, and how often it does in each turn', () => {
    const line: Sent = { ...write('lines', 9, 'saveLines'), times: 5 }
    const nested = {
      ...line,
      at: ['src/lines.ts:9:1 saveLines', 'src/importer.ts:44:3 importDocuments', HANDLER],
    }
    const { findings } = analyze(trace('POST /import', loop(10, read('documents', 41), nested)))
    expect(findings).toHaveLength(1)
    expect(findings[0]?.detail).toContain(
      'Each of 10 turns sends 1 of its 2 statements once, 1 several times (a loop inside the loop).',
    )
    expect(findings[0]?.evidence.map(({ label }) => label)).toEqual(['50×, 5 in each turn', '10×'])
  })

  test('when its turns run at the same time', () => {
    const turns = 6
    const sent = (table: string, line: number, startMs: number): Query[] =>
      Array.from({ length: turns }, (_, turn) => ({
        ...(send(read(table, line))[0] as Query),
        startMs: startMs + turn * 0.001,
        durationMs: 5 + turn,
      }))
    const { findings } = analyze(trace('GET /a', [...sent('a', 41, 0), ...sent('b', 42, 5.5)]))
    expect(findings).toMatchObject([{ title: 'N+1: 12 queries of 2 statements from one loop' }])
  })

  test('when no line is known of any of them', () => {
    const unknown = (sql: string): Sent => ({ sql, at: [] })
    const { findings } = analyze(
      trace(
        'GET /a',
        loop(4, unknown('select a from t where id = $1'), unknown('select b from u where id = $1')),
      ),
    )
    expect(findings).toMatchObject([{ title: 'N+1: 8 queries of 2 statements from one loop', callSite: [] }])
  })

  test('not when one call of a dispatcher leads to unrelated functions', () => {
    const executor = 'src/graphql.ts:37:22 execute'
    const resolver = (table: string, name: string): Sent => ({
      sql: `select url from ${table} where source = $1`,
      at: [`src/${name}.ts:25:9 ${name}`, executor, HANDLER],
    })
    const { findings } = analyze(
      trace('POST /graphql', loop(6, resolver('urls', 'url'), resolver('stock', 'inventory'))),
    )
    expect(findings.map(({ callSite: [place] }) => `${place?.file}:${place?.line}`).sort()).toEqual([
      'src/inventory.ts:25',
      'src/url.ts:25',
    ])
  })

  test('that keeps no more than 200 statements, in whatever order its traces come', () => {
    const traces = [0, 1, 2].map((visit) => ({
      ...trace(
        'POST /import',
        loop(
          3,
          read('fixed', 41),
          ...Array.from({ length: 90 }, (_, at) => read(`made_up_${visit}_${at}`, 42)),
        ),
      ),
      id: `http POST /import #${visit}`,
    }))
    const find = (...order: number[]) =>
      analyze(...order.map((at) => traces[at] as Trace)).findings.filter(({ statements }) => statements)
    expect(find(0, 1, 2)).toMatchObject([
      { title: 'N+1: 273 queries of 200 or more statements from one loop' },
    ])
    expect(find(0, 1, 2)[0]?.statements).toHaveLength(200)
    expect(find(2, 0, 1)).toEqual(find(0, 1, 2))
  })

  test('that an importer of 48 statements prints in a screen', () => {
    const statements = Array.from({ length: 48 }, (_, at) =>
      at % 2 ? write(`table_${at}`, 41 + at) : read(`table_${at}`, 41 + at),
    )
    const report = analyze({ ...trace('POST /import', loop(20, ...statements)), durationMs: 900 })
    const loops = report.findings.filter(({ detector }) => detector !== 'query-budget')
    expect(loops).toHaveLength(1)
    expect(loops[0]).toMatchObject({ title: 'N+1: 960 queries of 48 statements from one loop' })
    expect(loops[0]?.occurrences[0]?.queries).toHaveLength(960)
    const text = reporters.console.render({ ...report, findings: loops })
    expect(text.split('\n').length).toBeLessThan(20)
    expect(text).toMatch(/and +43 more statements/)
  })
})

describe('two loops are two findings', () => {
  test('when one follows the other in one function', () => {
    const { findings } = analyze(
      trace('GET /a', loop(5, read('a', 10, 'list')), loop(4, read('b', 20, 'list'))),
    )
    expect(findings.map(({ key, callSite }) => [key, callSite[0]?.line])).toEqual([
      ['n-plus-one | GET /a | list', 10],
      ['n-plus-one | GET /a | list | 2', 20],
    ])
  })

  test('when they run side by side, each waiting for its own queries only', () => {
    const one = (table: string, file: string, line: number, startMs: number): Query[] =>
      Array.from({ length: 5 }, (_, turn) => ({
        ...q(`select id from ${table} where id = $1`, [nextValue++], {
          at: [`src/${file}.ts:3:1 ${file}`, `src/app.ts:${line}:1 handler`],
        }),
        startMs: startMs + turn * 2,
        durationMs: 1.9,
      }))
    const both = [...one('a', 'loadA', 7, 0), ...one('b', 'loadB', 8, 1)].sort(
      (a, b) => (a.startMs ?? 0) - (b.startMs ?? 0),
    )
    expect(analyze(trace('GET /a', both)).findings).toHaveLength(2)
  })

  test('when all queries of one are sent before any of the other, at once', () => {
    const all = (table: string, line: number, startMs: number): Query[] =>
      loop(5, read(table, line, 'list')).map((query) => ({ ...query, startMs, durationMs: 3 }))
    expect(analyze(trace('GET /a', [...all('a', 10, 0), ...all('b', 11, 3)])).findings).toHaveLength(2)
    expect(analyze(trace('GET /a', [...all('a', 10, 0), ...all('b', 11, 0)])).findings).toHaveLength(2)
  })

  test('when they have no function in common', () => {
    const apart: Sent[] = [
      { sql: 'select a from t where id = $1', at: 'src/a.ts:3:1 one' },
      { sql: 'select b from t where id = $1', at: 'src/b.ts:3:1 other' },
    ]
    expect(analyze(trace('GET /a', loop(5, ...apart))).findings).toHaveLength(2)
  })

  test('in one trace, and keep their names when another trace shows only one of them', () => {
    const [first, second] = [read('a', 10, 'list'), read('b', 20, 'list')]
    const both = trace('GET /a', loop(5, first), loop(5, second))
    const only = { ...trace('GET /a', loop(9, second)), id: 'http GET /a #2' }
    for (const traces of [
      [both, only],
      [only, both],
    ]) {
      expect(
        analyze(...traces).findings.map(({ key, title, occurrenceCount }) => [key, title, occurrenceCount]),
      ).toEqual([
        ['n-plus-one | GET /a | list | 2', 'N+1: one query sent 9 times', 2],
        ['n-plus-one | GET /a | list', 'N+1: one query sent 5 times', 1],
      ])
    }
  })
})

describe('over several traces', () => {
  test('a loop is one, with all statements that any of them has shown, in whatever order they come', () => {
    const [a, b, c] = [read('a', 41), read('b', 42), read('c', 43)]
    const traces = [loop(5, a, b), loop(8, b, c), loop(3, a)].map((queries, at) => ({
      ...trace('GET /a', queries),
      id: `http GET /a #${at}`,
    }))
    const report = analyze(...traces)
    expect(report.findings).toMatchObject([
      { title: 'N+1: 16 queries of 3 statements from one loop', occurrenceCount: 3 },
    ])
    expect(report.findings[0]?.statements?.map(({ text, count }) => [text.slice(15, 16), count])).toEqual([
      ['b', 8],
      ['c', 8],
      ['a', 5],
    ])
    for (const order of [
      [1, 2, 0],
      [2, 1, 0],
      [2, 0, 1],
    ]) {
      expect(analyze(...order.map((at) => traces[at] as Trace)).findings).toEqual(report.findings)
    }
  })
})

describe('the worst loop comes first', () => {
  test('by its cost, whatever the confidence', () => {
    const small = loop(2, read('a', 10, 'small')).map((query) => ({
      ...query,
      flow: [{ param: 0, query: 0, column: 'source', rows: 2 }],
    }))
    const { findings } = analyze(
      trace('GET /a', q('select source from x', [], { rows: 2 }), small, loop(52, read('b', 20, 'large'))),
    )
    expect(findings.map(({ severity, confidence, cost }) => [severity, confidence, cost.queries])).toEqual([
      ['error', 'likely', 51],
      ['warning', 'proven', 1],
    ])
  })
})

describe('a loop is recognised', () => {
  const before = analyze(trace('POST /import', loop(10, read('a', 41), write('b', 42))))
  const against = (...queries: (Query | Query[])[]) =>
    judge(analyze(trace('POST /import', ...queries)), { failOn: 'new', baseline: baselineOf(before) })

  test('when its statements are in another order, or on other lines', () => {
    expect(against(loop(10, write('b', 51), read('a', 52)))).toMatchObject({ passed: true, accepted: 1 })
  })

  test('as grown when it sends one more statement', () => {
    expect(against(loop(10, read('a', 41), write('b', 42), write('c', 43)))).toMatchObject({
      passed: false,
      failing: [{ queries: 30, budget: 20 }],
    })
    const after = analyze(trace('POST /import', loop(10, read('a', 41), write('b', 42), write('c', 43))))
    expect(compareReports(before, after)).toMatchObject({
      new: [],
      grown: [{ before: 20, after: 30 }],
      fixed: [],
    })
  })

  test('as smaller when one of its two statements is fixed', () => {
    expect(against(loop(10, write('b', 42)))).toMatchObject({
      passed: true,
      accepted: 1,
      shrunk: [{ queries: 10 }],
    })
  })

  test('when it also calls a helper, so that its frame is further out', () => {
    const helped = {
      ...read('a', 41),
      at: ['src/find.ts:3:1 findOne', 'src/importer.ts:41:1 importDocuments'],
    }
    const one = analyze(trace('POST /import', loop(10, helped)))
    const two = analyze(trace('POST /import', loop(5, helped, write('b', 42))))
    expect(one.findings[0]?.key).toContain('findOne')
    expect(judge(two, { failOn: 'new', baseline: baselineOf(one) })).toMatchObject({
      passed: true,
      accepted: 1,
    })
  })

  test('unless it has other statements in a function without a name', () => {
    const nameless = (table: string) =>
      analyze(trace('GET /a', loop(5, { ...read(table, 41), at: 'src/a.ts:41:1' })))
    expect(judge(nameless('b'), { failOn: 'new', baseline: baselineOf(nameless('a')) })).toMatchObject({
      passed: false,
      failing: [{ queries: 5 }],
    })
  })
})

describe('suppressions', () => {
  const sent = [read('a', 41), write('b', 42), write('c', 43)]
  const found = trace('POST /import', loop(10, ...sent))

  test('by the fingerprint of one statement suppress that statement only', () => {
    const suppress = [{ fingerprint: fingerprint(write('b', 42).sql).key, reason: 'rare' }]
    const report = createProfiler({ console: 'off', suppress }).analyze([found])
    expect(report).toMatchObject({
      suppressed: 1,
      suppressions: [{ state: 'used', findings: 1 }],
      findings: [{ title: 'N+1: 20 queries of 2 statements from one loop', cost: { queries: 18 } }],
    })
  })

  test('suppress the loop when they name all statements', () => {
    const suppress = [{ route: 'POST /import', reason: 'runs at night' }]
    expect(createProfiler({ console: 'off', suppress }).analyze([found])).toMatchObject({
      findings: [],
      suppressed: 3,
    })
  })
})

test('formats for machines contain all statements, and a fingerprint that is unchanged when a statement is added', () => {
  const fingerprintsOf = (queries: Query[]) => {
    const report = analyze(trace('POST /import', queries))
    const sarif = JSON.parse(reporters.sarif.render(report))
    const gitlab = JSON.parse(reporters.gitlab.render(report))
    expect(JSON.parse(reporters.json.render(report)).findings[0].statements.length).toBeGreaterThan(0)
    return [
      sarif.runs[0].results.map(
        ({ partialFingerprints }: { partialFingerprints: object }) => partialFingerprints,
      ),
      gitlab.map((issue: { fingerprint: string }) => issue.fingerprint),
      /testcase name="[^"]*"/.exec(reporters.junit.render(report))?.[0],
    ]
  }
  const one = fingerprintsOf(loop(10, read('a', 41)))
  expect(fingerprintsOf(loop(10, read('a', 41), write('b', 42)))).toEqual(one)
})
