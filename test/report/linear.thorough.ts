// Analysing a trace of 100,000 queries must take seconds, whatever repeats in it. With quadratic growth it would take
// minutes.
import { expect, test } from 'vitest'
import { checkOptions } from '../../src/profiler/options.ts'
import { analyzeTrace } from '../../src/report/analyze-trace.ts'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'
import { sealValues } from '../../src/trace/value-flow/seal-values.ts'
import type { Query } from '../../src/types/query.ts'
import { recordedQuery } from '../recorded-query.ts'
import { q, trace } from '../trace-builder.ts'

const COUNT = 100_000
/** Each test takes up to ten seconds on an idle machine. Quadratic growth would exceed this on a busy one as well. */
const PATIENCE_MS = 240_000
const BY_ID = 'select * from customers where id = $1'

test.each<[string, (index: number) => Query]>([
  ['one statement from one place', (index) => lookup(index, 'a.ts:1 list')],
  ['one statement from as many places', (index) => lookup(index, `a.ts:${index + 1} list`)],
  ['one statement from as many callers', (index) => lookup(index, ['a.ts:1 find', `b.ts:${index + 1} list`])],
  ['one sending from as many places', (index) => lookup(0, `a.ts:${index + 1} list`, 'r')],
  ['loops of one name in many places', (index) => lookup(index, `a.ts:${(index >> 4) + 1} list`)],
  [
    'many statements',
    (index) => q(`select * from t${index >> 4} where id = $1`, [index], { at: 'a.ts:1 list' }),
  ],
  [
    'as many literals',
    (index) => q(`select * from customers where id = ${index}`, [], { at: 'a.ts:1 list' }),
  ],
  [
    'writes to as many tables between reads',
    (index) =>
      index % 2
        ? q(`insert into t${index} values ($1)`, [1], { at: 'a.ts:2 list' })
        : lookup(index >> 3, 'a.ts:1 list', 'r'),
  ],
  [
    'a walk along a tree',
    (index) => ({
      ...lookup(index, 'a.ts:1 walk'),
      flow: index === 0 ? [] : [{ param: 0, query: index - 1, column: 'parent_id', rows: 1 }],
    }),
  ],
])(
  '%s',
  (_what, make) => {
    const queries = Array.from({ length: COUNT }, (_, index) => make(index))
    const { detectors } = checkOptions({ detectors: { 'query-budget': { maxQueries: COUNT - 1 } } })
    const findings = analyzeTrace(trace('GET /', queries), detectors.active)
    expect(findings.some(({ detector }) => detector === 'query-budget')).toBe(true)
  },
  PATIENCE_MS,
)

test.each<[string, (index: number) => RecordedQuery]>([
  [
    'each value is in the row before',
    (index) =>
      index === 0
        ? sent('select id from t', 0, 0, [[5001]])
        : sent(BY_ID, index, 5000 + index, [[5001 + index]]),
  ],
  [
    'one value is in all rows',
    (index) =>
      index % 2
        ? sent(BY_ID, index, index === 1 ? 'first' : 'other', [['x']])
        : sent('select a from t where b = $1', index, index, [[index === 0 ? 'first' : 'other']]),
  ],
  [
    'many statements look for one value',
    (index) =>
      sent(`select a from t${index >> 3} where id = $1`, index, 5000 + (index % 4), [
        [5000],
        [5001],
        [5002],
        [5003],
      ]),
  ],
])(
  'values are followed when %s',
  (_what, make) => {
    const queries = Array.from({ length: COUNT }, (_, index) => make(index))
    sealValues(queries)
    expect(queries.filter(({ flow }) => flow).length).toBeGreaterThan(COUNT / 4)
  },
  PATIENCE_MS,
)

function lookup(id: number, at: string | string[], resultHash?: string): Query {
  return q(BY_ID, [id], { at, ...(resultHash ? { resultHash } : {}) })
}

function sent(sql: string, startMs: number, value: unknown, rows: unknown[][]): RecordedQuery {
  const fields = [{ name: 'id', tableID: 1, columnID: 1 }]
  return recordedQuery(sql, { params: [value], fields, rows, startMs }, startMs + 1)
}
