// Tests that the LIMIT and OFFSET in force are those of the outermost query, whether their numbers are literals or
// parameters.
import { expect, test } from 'vitest'
import { type LimitInForce, limitInForce } from '../../src/sql/fingerprint/limit-in-force.ts'

test.each<[string, unknown[], LimitInForce]>([
  ['select * from t limit 20', [], { limit: 20 }],
  ['select * from t where a = $1 limit $2 offset $3', ['x', 20, '40'], { limit: 20, offset: 40 }],
  ['select * from t offset $1::bigint rows fetch next ($2) rows only', [5n, 10], { limit: 10, offset: 5 }],
  ['select * from t fetch first row only', [], { limit: 1 }],
  ["select * from t LIMIT '7'::int;", [], { limit: 7 }],
  ['(select * from t limit 5) union (select * from u limit 6) limit 7', [], { limit: 7 }],
  ['with a as (select * from t limit 5) select * from a', [], {}],
  ['select (select x from u limit 1), t.limit from t', [], {}],
  ['select * from t limit all offset null', [], {}],
  ['select * from t limit $1', [null], {}],
  ['select * from t limit $1', [], {}],
  ['select * from t limit $1 * 2 offset 3 + 4', [5], {}],
  ['select * from t limit -1 offset 1.5', [], {}],
  ['select * from t limit 1; select * from u limit 2', [], {}],
  ['fetch next from c', [], {}],
  ['fetch 100 from c', [], {}],
  ["select 'limit 5' -- limit 6", [], {}],
  ['select * from t limit', [], {}],
])('%s', (sql, params, page) => {
  expect(limitInForce(sql, params)).toEqual(page)
})
