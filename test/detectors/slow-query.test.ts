import { expect, test } from 'vitest'
import { slowQuery } from '../../src/detectors/slow-query.ts'
import { q, trace } from '../trace-builder.ts'

const options = slowQuery.meta.defaults

test('finds a query of more than half a second, with its line and its rows', () => {
  const slow = q('select * from t', [], { durationMs: 812.4, rows: 3, at: 't.ts:7:1 load' })
  expect(slowQuery.detect(trace('GET /x', slow), options)).toMatchObject([
    {
      confidence: 'proven',
      title: 'A query of 812 ms',
      detail: expect.stringContaining('for 3 rows'),
      callSite: [{ line: 7 }],
    },
  ])
})

test('makes one finding of one statement, with the slowest', () => {
  const found = slowQuery.detect(
    trace(
      'GET /x',
      q('select 1 from t where a = 1', [], { durationMs: 600 }),
      q('select 1 from t where a = 2', [], { durationMs: 900 }),
    ),
    options,
  )
  expect(found).toMatchObject([{ title: 'A query of 900 ms', occurrences: [{ queries: [0, 1] }] }])
})

test.each([
  ['a fast query', q('select * from t', [], { durationMs: 20 })],
  ['a query that waited long for a connection', q('select * from t', [], { durationMs: 20, waitMs: 5000 })],
  [
    'a cursor, whose portions the application worked on',
    q('select * from t', [], { durationMs: 9000, inPortions: true }),
  ],
  ['a COMMIT', q('commit', [], { durationMs: 900 })],
  ['a COPY', q('copy t from stdin', [], { durationMs: 9000 })],
  ['DDL', q('create index on t (a)', [], { durationMs: 9000 })],
])('is quiet about %s', (_what, query) => {
  expect(slowQuery.detect(trace('GET /x', query), options)).toEqual([])
})

test('the threshold is an option', () => {
  expect(
    slowQuery.detect(trace('GET /x', q('select * from t', [], { durationMs: 60 })), { maxMs: 50 }),
  ).toHaveLength(1)
})
