// Where values came from, on queries as the driver records them.
import { describe, expect, test } from 'vitest'
import { RecordedQuery } from '../../src/trace/recorded-query.ts'
import { sealValues } from '../../src/trace/seal-values.ts'

const CHILD = 'select name from customers where id = $1'

describe('a value is followed to', () => {
  test('the column of the earlier query that holds it', () => {
    const queries = [parent([5001, 'a'], [5002, 'b'], [5003, 'c']), ...children(5001, 5002, 5003)]
    sealValues(queries)
    expect(queries.slice(1).map(({ flow }) => flow)).toEqual(
      [1, 2, 3].map(() => [{ param: 0, query: 0, column: 'id', rows: 3 }]),
    )
  })

  test('rows that are objects, in whatever type the driver made of it', () => {
    const rows = [{ id: '5001' }, { id: '5002' }]
    const queries = [
      finished('select id from orders', 0, { fields: [{ name: 'id' }], rows }),
      ...children(5001, 5002),
    ]
    sealValues(queries)
    expect(queries[1]?.flow).toEqual([{ param: 0, query: 0, column: 'id', rows: 2 }])
  })

  test('the latest rows that hold it, so that each child of a nested loop has its own parent', () => {
    const rowsOf = (order: number) =>
      finished('select id from items where order_id = $1', order, {
        params: [order],
        fields: [{ name: 'id' }],
        rows: [[7000 + order]],
      })
    const queries = [rowsOf(0), child(7000, 1), rowsOf(2), child(7002, 3)]
    sealValues(queries)
    expect(queries.map(({ flow }) => flow?.[0]?.query)).toEqual([undefined, 0, undefined, 2])
  })

  test('every column that explains it as well as the others', () => {
    const queries = [parent([5001, 5001], [5002, 5002]), ...children(5001, 5002)]
    sealValues(queries)
    expect(queries[1]?.flow?.map(({ column }) => column)).toEqual(['id', 'customer_id'])
  })

  test('the column in whose order the queries follow, when several hold small numbers', () => {
    const queries = [parent([1, 3], [2, 1], [3, 2]), ...children(3, 1, 2)]
    sealValues(queries)
    expect(queries[1]?.flow?.map(({ column }) => column)).toEqual(['customer_id'])
  })

  test('rows of which some hold NULL', () => {
    const queries = [parent([1, 5001], [2, null], [3, 5003]), child(5001, 1), child(null, 2), child(5003, 3)]
    sealValues(queries)
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
    const queries = [parent([1, 0], [2, 0], [3, 0], [4, 0], [5, 0]), ...children(1, 2, 3)]
    sealValues(queries)
    expect(queries[1]?.flow).toBeUndefined()
  })

  test('when one value is in no row', () => {
    const queries = [parent([5001, 0], [5002, 0]), ...children(5001, 5009)]
    sealValues(queries)
    expect(queries[1]?.flow).toBeUndefined()
  })

  test('when the rows arrived after the query had started', () => {
    const late = finished('select id from orders', 0, {
      fields: [{ name: 'id' }],
      rows: [[5001], [5002]],
      durationMs: 50,
    })
    const queries = [late, ...children(5001, 5002)]
    sealValues(queries)
    expect(queries[1]?.flow).toBeUndefined()
  })

  test('for lists of values', () => {
    const sql = 'select name from customers where id = any($1)'
    const queries = [
      parent([5001, 0], [5002, 0]),
      finished(sql, 1, { params: [[5001, 5002]] }),
      finished(sql, 2, { params: [[5002, 5001]] }),
    ]
    sealValues(queries)
    expect(queries[1]?.flow).toBeUndefined()
  })
})

test('when a trace is sealed nothing is left of the values', () => {
  const queries = [parent([5001, 'canary'], [5002, 'canary']), ...children(5001, 5002)]
  sealValues(queries)
  expect(JSON.stringify(queries)).not.toMatch(/5001|5002|canary/)
})

test('equal values have equal names, different ones different names', () => {
  const queries = [...children('a', 'b', 'a'), finished(CHILD, 9, { params: ['b'] })]
  sealValues(queries)
  const [a, b, again, other] = queries.map(({ valueHashes }) => valueHashes?.[0])
  expect([a === again, b === other, a === b]).toEqual([true, true, false])
})

function parent(...rows: (readonly [unknown, unknown])[]): RecordedQuery {
  return finished('select id, customer_id from orders', 0, {
    fields: [{ name: 'id' }, { name: 'customer_id' }],
    rows,
  })
}

function children(...ids: unknown[]): RecordedQuery[] {
  return ids.map((id, i) => child(id, i + 1))
}

function child(id: unknown, startMs: number): RecordedQuery {
  return finished(CHILD, startMs, { params: [id] })
}

interface Given {
  params?: unknown[]
  fields?: { name: string }[]
  rows?: readonly unknown[]
  durationMs?: number
}

function finished(
  sql: string,
  startMs: number,
  { params = [], fields, rows, durationMs = 0.5 }: Given,
): RecordedQuery {
  const query = new RecordedQuery({ sql, params }, startMs, () => [])
  query.durationMs = durationMs
  if (fields) query.fields = fields
  if (rows) {
    query.keptRows = rows
    query.rows = rows.length
  }
  return query
}
