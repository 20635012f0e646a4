// Tests the table by whose name a statement is recognised in a list.
import { expect, test } from 'vitest'
import { mainTable } from '../../../src/report/reporters/html/main-table.ts'

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
