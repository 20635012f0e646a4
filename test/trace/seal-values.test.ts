// Tests the facts about values that a trace keeps when the values are dropped.
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/trace/query-recording.ts'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'
import { sealValues } from '../../src/trace/value-flow/seal-values.ts'
import { recordedQuery } from '../recorded-query.ts'

const BY_ID = 'select name from users where id = $1'

test('equal values have equal names in every query, sent once or often, as parameter or literal', () => {
  const queries = [
    sent(BY_ID, [7]),
    sent("select name from users where id = '7'"),
    sent('select * from orders where user_id = any($1) and state = $2', [[7, 8], 'new']),
  ]
  sealValues(queries)
  const [first, second, third] = queries.map(({ valueHashes }) => valueHashes)
  expect(first).toEqual(second)
  expect(third).toEqual([[first?.[0], expect.any(String)], expect.any(String)])
  expect(new Set(third?.flat()).size).toBe(3)
})

test('no parameter and no row stays, and no name tells its value', () => {
  const query = sent(BY_ID, ['ann@example.org'], {
    rowCount: 1,
    fields: [{ name: 'name' }],
    rows: [{ name: 'Ann' }],
  })
  sealValues([query])
  expect([query.params, query.kept]).toEqual([undefined, undefined])
  expect(JSON.stringify(query.valueHashes)).not.toContain('ann')
})

test('the rows asked for stay', () => {
  const query = sent('select * from users limit $1 offset $2', [20, 40])
  sealValues([query])
  expect(query).toMatchObject({ limit: 20, offset: 40 })
})

test('equal results of equal sendings have equal names, different ones different names', () => {
  const queries = [
    [1, 'Ann'],
    [1, 'Ann'],
    [1, 'Bob'],
    [2, 'Ann'],
    [3, undefined],
    [3, undefined],
  ].map(([id, name]) =>
    sent(BY_ID, [id], { rowCount: name ? 1 : 0, fields: [{ name: 'name' }], rows: name ? [{ name }] : [] }),
  )
  sealValues(queries)
  const [ann, again, bob, other, nobody, still] = queries.map(resultOf)
  expect(ann).toEqual(expect.any(String))
  expect(again).toBe(ann)
  expect(bob).toEqual(expect.any(String))
  expect(bob).not.toBe(ann)
  expect(other).toBeUndefined()
  expect(nobody).toEqual(expect.any(String))
  expect([still, still === ann]).toEqual([nobody, false])
})

test('a result of which only the start was kept is not called equal to another', () => {
  const queries = [1, 2].map(() =>
    sent(BY_ID, [1], { rowCount: 2, fields: [{ name: 'name' }], rows: [{ name: 'Ann' }] }),
  )
  sealValues(queries)
  expect(queries.map(resultOf)).toEqual([undefined, undefined])
})

function sent(sql: string, params?: unknown[], outcome?: Outcome): RecordedQuery {
  const { rowCount, ...result } = outcome ?? { rowCount: 0 }
  return recordedQuery(sql, { ...(params ? { params } : {}), ...result, rowCount })
}

function resultOf(query: RecordedQuery): unknown {
  return (query as { resultHash?: string }).resultHash
}
