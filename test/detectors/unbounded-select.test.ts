import { expect, test } from 'vitest'
import { unboundedSelect } from '../../src/detectors/unbounded-select.ts'
import type { Query, ResultBound } from '../../src/types/query.ts'
import { q, trace } from '../trace-builder.ts'

const REASON = 'no LIMIT, and no unique key of orders is fixed: add LIMIT or filter by orders.id'
const detect = (query: Query, options = unboundedSelect.meta.defaults) =>
  unboundedSelect.detect(trace('GET /x', query), options)

function select(more: Partial<Query> = {}, bound: Partial<ResultBound> = {}, sql = 'select id from orders') {
  return q(sql, [], {
    at: 'x.ts:7:1 list',
    rows: 40,
    bound: { nested: 0, reason: REASON, table: 'orders', tableRows: 5000, key: ['orders.id'], ...bound },
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
      fix: 'select id from orders order by orders.id limit $1',
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

test.each([
  ['groups', 'select customer_id, sum(total) from orders group by customer_id', 400],
  ['different values', 'select distinct customer_id from orders', 400],
  ['few rows that a condition has left', 'select id from orders where placed_at between $1 and $2', 40],
])('is only as loud as the rows seen where they are %s', (_what, sql, rows) => {
  expect(detect(select({ rows }, { tableRows: 1_000_000 }, sql))[0]?.severity).toBe('info')
  expect(detect(select({ rows: 1000 }, { tableRows: 1_000_000 }, sql))[0]?.severity).toBe('warning')
})

test('is as loud as the table where a condition has left many rows', () => {
  const sql = "select id from orders where status <> 'delivered'"
  expect(detect(select({ rows: 400 }, { tableRows: 5000 }, sql))[0]?.severity).toBe('warning')
})

test('uses the syntax of Drizzle', () => {
  expect(detect(select({ via: 'drizzle' }))[0]?.remediation).toContain('.limit(n)')
})

test('numbers the limit after the parameters that are there', () => {
  const sql = 'select id from orders where customer_id = $1 and state in ($2, $3)'
  expect(detect(select({ params: [7, 'a', 'b'] }, {}, sql))[0]?.fix).toBe(
    'select id from orders where customer_id = $1 and state = any($2) order by orders.id limit $3',
  )
})

test('keeps the order that is there, and shows no page without one', () => {
  const sorted = 'select id, total from orders order by total desc'
  expect(detect(select({}, {}, sorted))[0]?.fix).toBe(`${sorted} limit $1`)
  const { key: _key, ...unordered } = select().bound as ResultBound
  const [finding] = detect({ ...select(), bound: unordered })
  expect(finding?.remediation).toContain('ORDER BY a unique key')
  expect(finding?.fix).toBeUndefined()
  const windowed = 'select id, rank() over (order by total) from orders'
  expect(detect(select({}, {}, windowed))[0]?.fix).toBe(`${windowed} order by orders.id limit $1`)
})

test.each([
  ['groups', 'select state, sum(total) from orders group by state', 'LIMIT would leave groups out'],
  ['distinct values', 'select distinct state from orders', 'LIMIT would leave groups out'],
  [
    'a tree',
    'with recursive t as (select id, 1 as level from orders union all select o.id, t.level + 1 from orders o join t on o.parent = t.id) select * from t',
    'how deep the recursion goes',
  ],
])('does not advise a page of %s', (_what, sql, words) => {
  const [finding] = detect(select({}, {}, sql))
  expect(finding?.remediation).toContain(words)
  expect(finding?.fix).toBeUndefined()
})

test('few rows of many bytes are a warning, even of a small table', () => {
  expect(detect(select({ rows: 20, bytes: 3_000_000 }, { tableRows: 20 }))[0]?.severity).toBe('warning')
  expect(detect(select({ rows: 20, bytes: 30_000 }, { tableRows: 20 }))).toEqual([])
})

test.each<[string, Query]>([
  ['a bounded result', select({}, { rows: 20 })],
  ['a result of one row', select({ rows: 1 }, { rows: 1 })],
  ['a table that is small and known to be', select({ rows: 40 }, { tableRows: 90 })],
  ['a statement of which nothing is known', q('select id from orders', [], { rows: 50_000 })],
  ['what libraries read of the catalog', select({}, {}, 'select relname from pg_catalog.pg_class')],
  ['a query that failed', select({ error: '42P01' })],
  ['a result without rows', select({ rows: 0 })],
  ['few rows of a table of unknown size', select({ bound: { reason: REASON, table: 'orders' } })],
  ['rows that are fetched in portions', select({ rows: 5000, inPortions: true })],
])('is quiet about %s', (_what, query) => {
  expect(detect(query)).toEqual([])
})

test('the sizes are options', () => {
  const { defaults } = unboundedSelect.meta
  expect(detect(select(), { ...defaults, maxSmallRows: 6000 })).toEqual([])
  expect(detect(select(), { ...defaults, warnRows: 10_000, errorRows: 100_000 })[0]?.severity).toBe('info')
  expect(
    detect(select({ bytes: 5000 }), { ...defaults, warnRows: 10_000, warnBytes: 5000 })[0]?.severity,
  ).toBe('warning')
})
