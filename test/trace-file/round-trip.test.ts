// Tests that the line of any trace in a file gives the same findings as the trace itself, with and without values.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkOptions } from '../../src/profiler/options.ts'
import { analyzeTrace } from '../../src/report/analyze-trace.ts'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'
import { sealValues } from '../../src/trace/value-flow/seal-values.ts'
import { copyParams } from '../../src/trace-file/copy-params.ts'
import { formatTrace } from '../../src/trace-file/format-trace.ts'
import { traceParser } from '../../src/trace-file/parse-trace.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { recordedQuery } from '../recorded-query.ts'

const { detectors } = checkOptions({
  detectors: {
    'query-budget': { maxQueries: 5 },
    'slow-query': { maxMs: 4 },
    'deep-offset': { maxOffset: 100 },
  },
})

/** A statement with two values, as parameters and as literals. */
const STATEMENTS: readonly ((a: string, b: string) => [sql: string, params: string[]])[] = [
  (a) => ['select id, x from posts where id = $1', [a]],
  (a) => [`select id, x from posts where id = ${a}`, []],
  (a) => [`select id, x from posts where name = '${a}' -- ${a}`, []],
  (a, b) => ['select id, x from posts where id in ($1, $2)', [a, b]],
  (a, b) => [`select id, x from posts where id in (${a}, ${b}) and b = true`, []],
  (a, b) => ['select id, x from posts where author = $1 order by id limit 10 offset $2', [a, pageOf(b)]],
  (_, b) => [`select id, x from posts order by 1 limit 10 offset ${pageOf(b)}`, []],
  (a, b) => ['insert into log (a, b) values ($1, $2)', [a, b]],
  (a, b) => [`update posts set x = '${a}' where id = ${b}`, []],
  (a) => ['select count(*) from posts where author = $1', [a]],
  () => ['begin', []],
  (a) => [`set local app.tenant to tenant_${a}`, []],
]

/** An OFFSET stays in the file, so it is none of the values. */
function pageOf(value: string): string {
  return String((Number(value) - 4990) * 200)
}

const value = fc.integer({ min: 5000, max: 5006 }).map(String)
const sending = fc.record({
  statement: fc.nat(STATEMENTS.length - 1),
  a: value,
  b: value,
  line: fc.integer({ min: 1, max: 2 }),
  durationMs: fc.constantFrom(0.5, 6),
  rows: fc.array(fc.tuple(value, value), { maxLength: 3 }),
})
/** Bursts of one statement, or there would hardly be a loop. */
const sendings = fc
  .array(fc.tuple(sending, fc.array(fc.record({ a: value, b: value }), { maxLength: 5 })), { maxLength: 5 })
  .map((bursts) =>
    bursts.flatMap(([first, more]) => [first, ...more.map((values) => ({ ...first, ...values }))]),
  )

test.each([
  ['without values', false],
  ['with values', true],
])('the findings are the same, %s', (_how, values) => {
  const found = new Set<string>()
  fc.assert(
    fc.property(sendings, (sent) => {
      const queries = sent.map(record)
      const params = values ? copyParams(queries) : undefined
      sealValues(queries)
      const live: Trace = { v: 1, id: 'a', kind: 'http', name: 'GET /', truncated: 0, durationMs: 9, queries }
      const line = [...formatTrace(live, '/app', params)].join('')
      if (!values) expectNoValueIn(line)
      const findings = analyzeTrace(live, detectors.active)
      expect(analyzeTrace(traceParser()(line), detectors.active)).toEqual(findings)
      for (const { detector } of findings as Finding[]) found.add(detector)
    }),
    { numRuns: 500 },
  )
  expect([...found].sort()).toEqual([
    'deep-offset',
    'duplicate-query',
    'n-plus-one',
    'n-plus-one-write',
    'query-budget',
    'slow-query',
  ])
})

type Sending = typeof sending extends fc.Arbitrary<infer Value> ? Value : never

function record({ statement, a, b, line, durationMs, rows }: Sending, index: number): RecordedQuery {
  const [sql, params] = STATEMENTS[statement]?.(a, b) ?? ['', []]
  const callSite = [{ file: 'src/posts.ts', line, column: 3, function: 'list' }]
  const fields = ['id', 'x'].map((name, at) => ({ name, tableID: 7, columnID: at + 1 }))
  return recordedQuery(sql, { params, fields, rows, startMs: index * 10, durationMs, callSite }, index + 1)
}

/** The names of values are drawn at random and may hold any digits, but none is a value. */
function expectNoValueIn(line: string): void {
  const names: unknown[] = []
  const rest = JSON.parse(line, (key, value) => {
    if (key !== 'valueHashes' && key !== 'resultHash') return value
    names.push(...[value].flat(2))
    return undefined
  })
  expect(JSON.stringify(rest)).not.toMatch(/500[0-6]/)
  expect(names.filter((name) => /^500[0-6]$/.test(String(name)))).toEqual([])
}
