import { expect, test } from 'vitest'
import { unboundedSelect } from '../../src/detectors/unbounded-select.ts'
import type { Query, ResultBound } from '../../src/types.ts'
import { q, trace } from '../trace-builder.ts'

const REASON = 'no LIMIT, and no unique key of orders is fixed: add LIMIT or filter by orders.id'
const detect = (query: Query, options = unboundedSelect.meta.defaults) =>
  unboundedSelect.detect(trace('GET /x', query), options)

function select(more: Partial<Query> = {}, bound: Partial<ResultBound> = {}, sql = 'select id from orders') {
  return q(sql, [], {
    at: 'x.ts:7:1 list',
    rows: 40,
    bound: { nested: 0, reason: REASON, table: 'orders', tableRows: 5000, ...bound },
    ...more,
  })
}

test('finds a result that nothing bounds, with its line and the reason', () => {
  expect(detect(select())).toMatchObject([
    {
      severity: 'warning',
      confidence: 'likely',
      title: 'A result without a limit: 40 rows today',
      detail:
        'No LIMIT, and no unique key of orders is fixed: add LIMIT or filter by orders.id. 40 rows were returned; orders has about 5000 rows.',
      callSite: [{ line: 7 }],
      fix: 'select id from orders limit $1',
    },
  ])
})

test('is as loud as the rows seen', () => {
  expect(detect(select({ rows: 20_000 }))[0]?.severity).toBe('error')
  expect(detect(select({ rows: 2000 }, { tableRows: 50 }))[0]?.severity).toBe('warning')
})

test('is as loud as the table, unless the statement filters by a value', () => {
  const sql = 'select id from orders where customer_id = $1'
  expect(detect(select({ params: [7] }, { tableRows: 1_000_000 }, sql))[0]?.severity).toBe('info')
  expect(detect(select({}, { tableRows: 1_000_000 }))[0]?.severity).toBe('warning')
})

test('puts it in the words of Drizzle', () => {
  expect(detect(select({ via: 'drizzle' }))[0]?.remediation).toContain('.limit(n)')
})

test('numbers the limit after the parameters that are there', () => {
  const sql = 'select id from orders where customer_id = $1 and state in ($2, $3)'
  expect(detect(select({ params: [7, 'a', 'b'] }, {}, sql))[0]?.fix).toBe(
    'select id from orders where customer_id = $1 and state = any($2) limit $3',
  )
})

test.each<[string, Query]>([
  ['a bounded result', select({}, { rows: 20 })],
  ['a result of one row', select({ rows: 1 }, { rows: 1 })],
  ['a table that is small and known to be', select({ rows: 40 }, { tableRows: 90 })],
  ['a statement of which nothing is known', q('select id from orders', [], { rows: 50_000 })],
  ['what libraries read of the catalog', select({}, {}, 'select relname from pg_catalog.pg_class')],
  ['a query that failed', select({ error: '42P01' })],
])('is quiet about %s', (_what, query) => {
  expect(detect(query)).toEqual([])
})

test('the sizes are options', () => {
  expect(detect(select(), { warn: 1000, error: 10_000, small: 6000 })).toEqual([])
  expect(detect(select(), { warn: 10_000, error: 100_000, small: 100 })[0]?.severity).toBe('info')
})
