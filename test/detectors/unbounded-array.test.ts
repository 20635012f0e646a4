import { expect, test } from 'vitest'
import { unboundedArray } from '../../src/detectors/unbounded-array.ts'
import type { Query, ResultBound } from '../../src/types/query.ts'
import { q, trace } from '../trace-builder.ts'

const SQL =
  'select c.id, (select json_agg(o) from orders o where o.customer_id = c.id) from customers c where c.id = $1'
const detect = (query: Query) => unboundedArray.detect(trace('GET /x', query), unboundedArray.meta.defaults)

function select(bound: Partial<ResultBound> = {}, more: Partial<Query> = {}) {
  const reason = 'an aggregate collects rows without limit'
  return q(SQL, [1], {
    at: 'x.ts:7:1 show',
    bytes: 900,
    bound: { rows: 1, reason, table: 'orders', ...bound },
    ...more,
  })
}

test('finds one row that holds an array without a limit', () => {
  expect(detect(select())).toMatchObject([
    { severity: 'info', confidence: 'likely', callSite: [{ line: 7 }] },
  ])
})

test('is a warning when the result was large', () => {
  expect(detect(select({}, { bytes: 200_000 }))[0]?.severity).toBe('warning')
})

test('finds it in the rows of a cursor, which reads them in portions', () => {
  const { rows: _rows, ...open } = select().bound as ResultBound
  expect(detect({ ...select(), bound: open, inPortions: true })).toHaveLength(1)
})

test('is a warning when the result was large, however small the table', () => {
  expect(detect(select({ tableRows: 60 }, { bytes: 200_000 }))[0]?.severity).toBe('warning')
})

test('uses the syntax of Drizzle', () => {
  expect(detect(select({}, { via: 'drizzle' }))[0]?.remediation).toContain('limit: n')
})

test.each<[string, Query]>([
  ['an array with a limit', select({ nested: 20 })],
  ['a row without an array', select({ nested: 0 })],
  ['a statement of which nothing is known', q(SQL, [1], { bytes: 900_000 })],
  ['a query that failed', select({}, { error: '42P01' })],
  ['an array of a few elements', select({ tableRows: 5000 }, { bytes: 138 })],
  ['an array from a small table', select({ tableRows: 60 }, { bytes: 3000 })],
])('is quiet about %s', (_what, query) => {
  expect(detect(query)).toEqual([])
})

test('leaves a result without any limit to unbounded-select', () => {
  const { rows: _rows, ...open } = select().bound as ResultBound
  expect(detect({ ...select(), bound: open })).toEqual([])
})
