// Tests which tables a fingerprint's text names.
import { expect, test } from 'vitest'
import { namedTables } from '../../src/sql/fingerprint/named-tables.ts'

test.each([
  ['select name from customers where id = ?', ['customers customers']],
  ['select "o0"."id" from "public"."orders" as "o0" where "o0"."id" = ?', ['orders o0']],
  ['select * from orders o join customers c on c.id = o.customer_id', ['orders o', 'customers c']],
  ['select * from orders left join items on true', ['orders orders', 'items items']],
  ['insert into items (order_id) values (?)', ['items items']],
  ['update orders set state = ? where id = ?', ['orders orders']],
  ['delete from only carts where id = ?', ['carts carts']],
  ['select * from orders o, customers c where o.id = ?', []],
  ['select 1', []],
])('%s', (text, tables) => {
  expect(namedTables(text).map(({ name, alias }) => `${name} ${alias}`)).toEqual(tables)
})

test('a long hostile text is read in linear time', () => {
  const length = 100_000
  for (const text of [
    `from ${'a.'.repeat(length)}`,
    `from ${'a'.repeat(length)}`,
    'from "'.repeat(length),
    `from a${' '.repeat(length)}`,
  ]) {
    namedTables(text)
  }
})
