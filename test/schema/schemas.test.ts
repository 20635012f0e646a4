// Tests that the published schemas describe everything that is written and everything that is read.
import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { createProfiler, type SuppressEntry } from '../../src/index.ts'
import { parseReport } from '../../src/report/parse-report.ts'
import { formatTrace } from '../../src/trace-file/format-trace.ts'
import { traceParser } from '../../src/trace-file/parse-trace.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Query } from '../../src/types/query.ts'
import type { Report } from '../../src/types/report.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, q, trace } from '../trace-builder.ts'

const traceSchema = read('trace-v1.json')
const reportSchema = read('report-v1.json')
const isTrace = compile(traceSchema)
const isReport = compile(reportSchema)

/**
 * A value for each field. A new field does not compile until it is added here, and the test fails until the schema describes
 * it.
 */
const everything: Required<Query> = {
  sql: 'select * from t where id = $1 limit 5',
  sqlLength: 37,
  params: [1, 'x', null],
  limit: 5,
  offset: 0,
  valueHashes: ['a', ['b', 'c']],
  startMs: 0.5,
  durationMs: 1.5,
  waitMs: 0.25,
  rows: 3,
  bytes: 100,
  inPortions: true,
  resultHash: 'r',
  columns: [{ name: 'id', table: 'public.t', tableId: 1, columnId: 2 }],
  via: 'drizzle',
  tables: ['t'],
  afterResponse: true,
  connection: 1,
  transaction: 1,
  prepared: 'p',
  error: '23505',
  callSite: [{ file: 'a.ts', line: 1, column: 2, function: 'f' }],
  runningFrames: 1,
  callersUnknown: true,
  source: {
    expression: 'db.select().from(orders).where(eq(orders.customerId, customer.id))',
    result: 'used',
    isTyped: true,
    modules: 'import',
    imported: ['eq'],
    taken: ['ordersByCustomerId'],
    loop: {
      over: 'customers',
      isArray: true,
      each: 'customer',
      names: ['customer'],
      expression: 'db.select().from(orders).where(eq(orders.customerId, customer.id))',
      isConditional: false,
      mayAwait: true,
      isNested: false,
    },
  },
  builtAt: { file: 'b.ts', line: 3 },
  flow: [{ param: 0, query: 0, column: 'id', table: 'public.t', rows: 3 }],
  bound: {
    rows: 1,
    nested: 0,
    reason: 'LIMIT',
    table: 't',
    tableRows: 100,
    key: ['t.id'],
    findsOneRow: true,
  },
  effects: { reads: ['a'], readsAnything: true, writes: ['b'], writesAnything: true },
  usage: {
    read: ['id'],
    serialized: [],
    unread: ['bio'],
    named: ['bio'],
    rowsTouched: 1,
    firstTouched: 0,
    rowsWatched: 2,
    unreadBytes: { bio: 7 },
  },
  ignored: [{ by: 'ignore', reason: 'one row each', detectors: ['n-plus-one'], until: '2027-01-31' }],
}
const full: Required<Omit<Trace, 'onlyCounted'>> = {
  v: 1,
  id: 'http GET / #1',
  kind: 'http',
  name: 'GET /',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 5,
  labels: { method: 'GET' },
  application: { include: ['acme'], exclude: ['src/db'] },
  truncated: 0,
  cut: { results: 1, statements: 2, values: 3 },
  queries: [q('select 1'), everything],
}

test.each([
  ['without values', undefined],
  ['with values', [[], [1, 'x', null]]],
])('the schema describes every field of a trace as it is written %s', (_how, params) => {
  const line = JSON.parse([...formatTrace(full, '/', params)].join(''))
  expect(problems(isTrace, line)).toEqual([])
  expect(problems(compile(closed(traceSchema)), line)).toEqual([])
  const written = Object.keys(line.queries[1]).sort()
  const left = params ? ['valueHashes'] : ['params']
  expect(written).toEqual(
    Object.keys(everything)
      .filter((name) => !left.includes(name))
      .sort(),
  )
})

test('a trace is read as it was written', () => {
  const line = [...formatTrace(full, '/')].join('')
  const read = traceParser()(line)
  const { params: _, valueHashes, resultHash, sql, ...rest } = everything
  expect(read.queries[1]).toMatchObject(rest)
  expect({ ...read, queries: [] }).toEqual({ ...full, queries: [] })
})

test.each([
  '{"v":1,"queries":[]}',
  '{"v":1,"queries":[{"sql":"a"}],"more":1}',
  '{"v":1,"id":null,"kind":null,"labels":null,"queries":[{"sql":"a","rows":null,"callSite":null,"builtAt":null,"usage":null}]}',
  '{"v":1,"queries":[{"sql":"a","callSite":[{"file":"a.ts","line":1,"column":null}]}]}',
  '{"v":1,"queries":[{"sql":"a"},{"sql":"b","flow":[{"param":0,"query":0,"column":"id"}]}]}',
  '{"v":1,"application":{"include":["acme"],"exclude":null},"queries":[]}',
  '{"v":1,"application":{"include":"acme"},"queries":[]}',
  '{"v":1,"application":["acme"],"queries":[]}',
  '{}',
  '[]',
  '{"v":"1","queries":[]}',
  '{"v":2,"queries":[]}',
  '{"v":1,"queries":{}}',
  '{"v":1,"queries":[{}]}',
  '{"v":1,"kind":"cron","queries":[]}',
  '{"v":1,"queries":[{"sql":"a","rows":"1"}]}',
  '{"v":1,"queries":[{"sql":"a","valueHashes":[1]}]}',
  '{"v":1,"queries":[{"sql":"a","callSite":[{"file":"a.ts"},{"line":1},{}],"builtAt":{},"usage":{},"bound":{}}]}',
  '{"v":1,"queries":[{"sql":"a"},{"sql":"b","flow":[{"query":0},{}],"columns":[{}]}]}',
  '{"v":1,"queries":[{"sql":"a","callSite":["a.ts:1"]}]}',
  '{"v":1,"queries":[{"sql":"a"},{"sql":"b","flow":[{"param":-1,"query":0,"column":"id"}]}]}',
  '{"v":1,"queries":[{"sql":"a","columns":[{"name":1}]}]}',
])('schema and reader agree on %s', (line) => {
  const isRead = () => {
    try {
      traceParser()(line)
      return true
    } catch {
      return false
    }
  }
  expect(isRead()).toBe(isTrace(JSON.parse(line)))
})

test('the schema describes every field of a report', () => {
  const report = makeReport()
  expect(report.findings.length).toBeGreaterThan(0)
  expect(problems(isReport, report)).toEqual([])
  expect(problems(compile(closed(reportSchema)), report)).toEqual([])
})

test('a report is read as it was written', () => {
  const report = makeReport()
  expect(parseReport(JSON.stringify(report), 'report.json')).toEqual(report)
})

test.each<[string, (report: Mutable<Report>) => unknown]>([
  ['of another version', (report) => (report.v = 2 as 1)],
  ['without findings', (report) => Reflect.deleteProperty(report, 'findings')],
  [
    'with a severity nobody knows',
    (report) => ((report.findings[0] as Mutable<Finding>).severity = 'bad' as 'info'),
  ],
  ['with a route without a name', (report) => Reflect.deleteProperty(report.routes[0] ?? {}, 'name')],
  ['without its place', (report) => Reflect.deleteProperty(report.findings[0] ?? {}, 'callSite')],
])('schema and reader refuse a report %s', (_what, spoil) => {
  const report = makeReport()
  spoil(report)
  expect(isReport(report)).toBe(false)
  expect(() => parseReport(JSON.stringify(report), 'report.json')).toThrow('report.json is no report')
})

test('traces given instead of a report are recognised', () => {
  expect(() => parseReport('{"v":1,"queries":[]}\n{"v":1,"queries":[]}\n', 't.ndjson')).toThrow(
    't.ndjson holds traces, no report; pg-loupe analyze reads it',
  )
})

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] }

/** A trace with a proven N+1 and its parent. */
function makeReport(): Report {
  const list = q('select id, author_id from posts', [], { rows: 4, at: 'a.ts:1:2 list', bytes: 10 })
  const loop = each([51, 52, 53, 54], (id) =>
    q('select * from authors where id = $1', [id], {
      at: 'a.ts:4:5 list',
      flow: [{ param: 0, query: 0, column: 'author_id', rows: 4 }],
    }),
  )
  const suppress: SuppressEntry[] = [
    {
      detector: 'n-plus-one',
      route: 'GET /old',
      path: 'src',
      fingerprint: 'select 1',
      reason: 'x',
      until: '2999-01-01',
    },
  ]
  const ignored = q('select 1', [], {
    at: 'a.ts:9',
    ignored: [{ by: 'ignore', reason: 'y', detectors: ['slow-query'] }],
  })
  return createProfiler({ console: 'off', suppress }).analyze([trace('GET /posts', list, loop, ignored)])
}

function read(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../schema/${name}`, import.meta.url), 'utf8'))
}

function compile(schema: object): ValidateFunction {
  return new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema)
}

/** The same schema, but rejecting any property that it does not name. */
function closed<Schema>(schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map(closed) as Schema
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  if ('properties' in copy && !('additionalProperties' in copy)) copy.additionalProperties = false
  return copy as Schema
}

function problems(validate: ValidateFunction, value: unknown): string[] {
  validate(value)
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}
