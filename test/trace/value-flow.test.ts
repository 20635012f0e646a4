// Where values came from, on queries as the driver records them.
import { describe, expect, test } from 'vitest'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'
import { sealValues } from '../../src/trace/value-flow/seal-values.ts'
import { inOrder, type Recorded, recordedQuery } from '../recorded-query.ts'

type Sent = readonly [sql: string, recorded?: Recorded]

const ORDERS = 'select id, customer_id from orders'
const CUSTOMER = 'select name from customers where id = $1'
const PROOF = 1 / 1000

describe('a value is followed to', () => {
  test('the column of the earlier query that holds it', () => {
    const queries = sealed(orders([5001, 'a'], [5002, 'b'], [5003, 'c']), ...customers(5001, 5002, 5003))
    expect(queries.slice(1).map(({ flow }) => flow)).toMatchObject(
      [1, 2, 3].map(() => [{ param: 0, query: 0, column: 'id', rows: 3 }]),
    )
    expect(isProven(queries)).toBe(true)
  })

  test('rows that are objects, in whatever type the driver made of it', () => {
    const rows = [{ id: '5001' }, { id: '5002' }]
    const queries = sealed(
      ['select id from orders', { fields: [{ name: 'id' }], rows }],
      ...customers(5001, 5002),
    )
    expect(queries[1]?.flow).toMatchObject([{ param: 0, query: 0, column: 'id', rows: 2 }])
  })

  test('the latest rows that hold it, so that each child of a nested loop has its own parent', () => {
    const rowsOf = (order: number): Sent => [
      'select id from items where order_id = $1',
      { params: [order], fields: [{ name: 'id' }], rows: [[7000 + order]] },
    ]
    const queries = sealed(rowsOf(0), customer(7000), rowsOf(2), customer(7002))
    expect(queries.map(({ flow }) => flow?.[0]?.query)).toEqual([undefined, 0, undefined, 2])
  })

  test('every column that explains it as well as the others', () => {
    const queries = sealed(orders([5001, 5001], [5002, 5002]), ...customers(5001, 5002))
    const unrelated = sealed(
      [
        'select a, b from t',
        {
          fields: [{ name: 'a' }, { name: 'b' }],
          rows: [
            [5001, 5001],
            [5002, 5002],
          ],
        },
      ],
      ...customers(5001, 5002),
    )
    expect(unrelated[1]?.flow?.map(({ column }) => column)).toEqual(['a', 'b'])
    // The name of one of these columns says whose ids it contains.
    expect(queries[1]?.flow?.map(({ column }) => column)).toEqual(['customer_id'])
  })

  test('the column in whose order the queries follow, when several hold small numbers', () => {
    const queries = sealed(orders([1, 3], [2, 1], [3, 2]), ...customers(3, 1, 2))
    expect(queries[1]?.flow?.map(({ column }) => column)).toEqual(['customer_id'])
  })

  test('the list that tells the values first, and not the rows that tell them again in each turn', () => {
    const list: Sent = [
      'select id, name from features',
      {
        fields: [{ name: 'id' }, { name: 'name' }],
        rows: [
          [1, 'flag 31'],
          [2, 'flag 4'],
          [3, 'flag 77'],
          [4, 'flag 12'],
        ],
      },
    ]
    const turn = (id: number, name: string): Sent[] => [
      [
        'select feature from strategies where feature_id = $1',
        { params: [id], fields: [{ name: 'feature' }], rows: [[name]] },
      ],
      ['select * from features where name = $1', { params: [name] }],
    ]
    // Sorted by the application, so that only the rows beside are in the order of the queries.
    const queries = sealed(
      list,
      ...turn(4, 'flag 12'),
      ...turn(1, 'flag 31'),
      ...turn(2, 'flag 4'),
      ...turn(3, 'flag 77'),
    )
    expect(queries.at(-1)?.flow).toMatchObject([{ query: 0, column: 'name' }])
    expect(isProven(queries)).toBe(true)
  })

  test('a later list whose rows the queries follow, when those of the first are in another order', () => {
    const ids = [4, 1, 6, 3, 8, 5, 2, 7]
    const everyone: Sent = [
      'select id from customers',
      { fields: [{ name: 'id' }], rows: ids.toSorted().map((id) => [id]) },
    ]
    const queries = sealed(
      everyone,
      orders(...ids.map((id) => [id * 900, id] as const)),
      ...customers(...ids),
    )
    expect(queries.at(-1)?.flow).toMatchObject([{ query: 1, column: 'customer_id' }])
    expect(isProven(queries)).toBe(true)
  })

  test('rows of which some hold NULL', () => {
    const queries = sealed(orders([1, 5001], [2, null], [3, 5003]), ...customers(5001, null, 5003))
    expect(queries.map(({ flow }) => flow?.[0]?.column)).toEqual([
      undefined,
      'customer_id',
      undefined,
      'customer_id',
    ])
  })
})

describe('no origin is claimed', () => {
  test('for small numbers that are merely somewhere in a column', () => {
    const queries = sealed(orders([1, 0], [2, 0], [3, 0], [4, 0], [5, 0]), ...customers(1, 2, 3))
    expect(isProven(queries)).toBe(false)
  })

  test('when one value is in no row', () => {
    expect(sealed(orders([5001, 0], [5002, 0]), ...customers(5001, 5009))[1]?.flow).toBeUndefined()
  })

  test('when the rows arrived after the query had started', () => {
    const [late, ...others] = inOrder(orders([5001, 0], [5002, 0]), ...customers(5001, 5002))
    const queries = [recordedQuery(late?.sql ?? '', orders([5001, 0], [5002, 0])[1], 2), ...others]
    sealValues(queries)
    expect(queries[1]?.flow).toBeUndefined()
  })

  test('for lists of values', () => {
    const sql = 'select name from customers where id = any($1)'
    const queries = sealed(
      orders([5001, 0], [5002, 0]),
      [sql, { params: [[5001, 5002]] }],
      [sql, { params: [[5002, 5001]] }],
    )
    expect(queries[1]?.flow).toBeUndefined()
  })
})

test('when a trace is sealed nothing is left of the values', () => {
  const queries = sealed(orders([5001, 'canary'], [5002, 'canary']), ...customers(5001, 5002))
  expect(JSON.stringify(queries)).not.toMatch(/5001|5002|canary/)
})

test('equal values have equal names, different ones different names', () => {
  const queries = sealed(...customers('a', 'b', 'a'), customer('b'))
  const [a, b, again, other] = queries.map(({ valueHashes }) => valueHashes?.[0])
  expect([a === again, b === other, a === b]).toEqual([true, true, false])
})

function orders(...rows: (readonly [unknown, unknown])[]): Sent {
  return [ORDERS, { fields: [{ name: 'id' }, { name: 'customer_id' }], rows }]
}

function customers(...ids: unknown[]): Sent[] {
  return ids.map(customer)
}

function customer(id: unknown): Sent {
  return [CUSTOMER, { params: [id] }]
}

function sealed(...sent: Sent[]): RecordedQuery[] {
  const queries = inOrder(...sent)
  sealValues(queries)
  return queries
}

/** One column explains the values of the last query, and hardly by chance. */
function isProven(queries: readonly RecordedQuery[]): boolean {
  const [flow, ...others] = queries.at(-1)?.flow ?? []
  return flow !== undefined && others.length === 0 && (flow.chance ?? 0) < PROOF
}
