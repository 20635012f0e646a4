// Tests the table by whose name a statement is recognised in a list.
import { expect, test } from 'vitest'
import { findingTitle, mainTable } from '../../src/report/finding-title.ts'

test.each([
  ['select name from customers where id = ?', 'customers'],
  ['select "a" from "public"."Line Items" where id = ?', 'Line Items'],
  ['insert into shop.orders (id) values (?)', 'orders'],
  ['update only stock set count = ?', 'stock'],
  ['delete from t', 't'],
  ['select * from (select id from orders) recent', 'orders'],
  ['select now()', undefined],
  ['', undefined],
])('%s is about %s', (text, table) => {
  expect(mainTable(text)).toBe(table)
})

const parent = { label: 'rows of', text: 'select id, customer_id from orders' }
const statement = { text: 'select name from customers where id = ?' }

test.each([
  [
    'n-plus-one',
    'N+1: 25 queries, one for each row',
    [{ label: '25×', ...statement }, parent],
    'N+1: customers, 25 queries, one for each row of orders',
  ],
  [
    'n-plus-one',
    'N+1: one query sent 5 times',
    [{ label: '5×', ...statement }],
    'N+1: customers, one query sent 5 times',
  ],
  [
    'n-plus-one-write',
    'N+1: 5 inserts, one at a time',
    [{ label: '5×', text: 'insert into "audit_log" (id) values (?)' }, parent],
    'N+1: audit_log, 5 inserts, one at a time',
  ],
  [
    'duplicate-query',
    'The same query 3 times',
    [{ label: '3×', ...statement }],
    'customers: the same query 3 times',
  ],
  [
    'deep-offset',
    'OFFSET 1200: rows are read to be thrown away',
    [{ label: 'query', ...statement }],
    'customers: OFFSET 1200: rows are read to be thrown away',
  ],
  [
    'unbounded-select',
    'A result without a limit: 300 rows today',
    [],
    'A result without a limit: 300 rows today',
  ],
  [
    'query-budget',
    '120 queries, 20 more than its budget',
    [{ label: '60×', ...statement }],
    '120 queries, 20 more than its budget',
  ],
  ['own-rule', 'Words of the user', [{ label: 'query', ...statement }], 'Words of the user'],
])('names the table of %s: %s', (detector, title, evidence, expected) => {
  expect(findingTitle({ detector, title, evidence })).toBe(expected)
})

test('names the table of the first statement of a loop', () => {
  const one = {
    detector: 'n-plus-one',
    fingerprint: '',
    count: 5,
    confidence: 'proven',
    callSite: [],
    detail: '',
    remediation: '',
    evidence: [],
  } as const
  const title = 'N+1: 10 queries of 2 statements from one loop'
  const statements = [
    { ...one, ...statement },
    { ...one, text: 'select id from products' },
  ]
  expect(findingTitle({ detector: 'n-plus-one', title, statements, evidence: [] })).toBe(
    'N+1: customers, 10 queries of 2 statements from one loop',
  )
})
