import { describe, expect, test } from 'vitest'
import { nPlusOne } from '../../src/detectors/n-plus-one.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { QuerySource } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, from, q, trace } from '../trace-builder.ts'

const ORDERS = 'select id, customer_id from orders'
const CUSTOMER = 'select name from customers where id = $1'

function detect(found: Trace, options = nPlusOne.meta.defaults): readonly Finding[] {
  return nPlusOne.detect(found, options)
}

describe('finds', () => {
  test('a loop over the rows of an earlier query, and proves it with two rows', () => {
    const [finding, ...more] = detect(
      trace(
        'GET /orders',
        q(ORDERS, [], { at: 'orders.ts:38:20 list', rows: 2 }),
        each([11, 12], (id) =>
          q(CUSTOMER, [id], { at: 'orders.ts:41:9 list', ...from(0, 'customer_id', 2) }),
        ),
      ),
    )
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      confidence: 'proven',
      severity: 'warning',
      route: 'GET /orders',
      callSite: [{ file: 'orders.ts', line: 41 }],
      occurrences: [{ queries: [1, 2], parent: 0 }],
      cost: { queries: 1, roundTrips: 1 },
    })
    expect(finding?.detail).toBe(
      'Each of the 2 values of customers.id came from column customer_id of 2 rows of one earlier query.',
    )
    expect(finding?.fix).toBe('select id, name from customers where id = any($1)')
    expect(finding?.evidence).toContainEqual({
      label: 'rows of',
      text: ORDERS,
      callSite: { file: 'orders.ts', line: 38, column: 20, function: 'list' },
    })
  })

  test('three different values from one place, without knowing their origin', () => {
    const [finding] = detect(
      trace(
        'GET /x',
        each([1, 2, 3], (id) => q(CUSTOMER, [id], { at: 'x.ts:1:1' })),
      ),
    )
    expect(finding).toMatchObject({ confidence: 'likely', severity: 'warning' })
    expect(finding?.occurrences[0]).not.toHaveProperty('parent')
  })

  test('a loop whose first turn shows callers that later turns, resumed after an await, do not', () => {
    const at = ['load.ts:3:9 load', 'list.ts:7:21 list', 'app.ts:20:3 handler']
    const later = ['load.ts:3:9 load', 'list.ts:7:15 list']
    expect(
      detect(
        trace(
          'GET /x',
          each([1, 2, 3], (id, turn) => q(CUSTOMER, [id], { at: turn === 0 ? at : later })),
        ),
      ),
    ).toHaveLength(1)
  })

  test('a chain that a function follows by calling itself, whose values nobody saw', () => {
    const sql = 'select parent_id from nodes where id = $1'
    const chain = each([1, 2, 3], (id, depth) =>
      q(sql, [id], { at: [...Array.from({ length: depth + 1 }, () => 'tree.ts:7:9 up'), 'x.ts:5:1 show'] }),
    )
    expect(detect(trace('GET /x', chain))).toHaveLength(1)
  })

  test('interleaved loops, one finding for each statement', () => {
    const both = each([1, 2, 3], (id) => q(CUSTOMER, [id], { at: 'x.ts:5:1' })).flatMap((query, i) => [
      query,
      q('select * from items where order_id = $1', [i], { at: 'x.ts:6:1' }),
    ])
    expect(detect(trace('GET /x', both))).toHaveLength(2)
  })

  test('values written into the statement instead of parameters', () => {
    expect(
      detect(
        trace(
          'GET /x',
          each([1, 2, 3], (id) => q(`select name from customers where id = ${id}`, [], { at: 'x.ts:1:1' })),
        ),
      ),
    ).toHaveLength(1)
  })

  test('a batch of one for each row', () => {
    expect(
      detect(
        trace(
          'GET /x',
          each([1, 2, 3], (id) => q('select * from items where order_id in ($1)', [id], { at: 'x.ts:1:1' })),
        ),
      ),
    ).toHaveLength(1)
  })

  test('the first page for each row', () => {
    const sql = 'select * from items where order_id = $1 order by id limit 1 offset 0'
    expect(
      detect(
        trace(
          'GET /x',
          each([1, 2, 3], (id) => q(sql, [id], { at: 'x.ts:1:1' })),
        ),
      ),
    ).toHaveLength(1)
  })

  test('a lookup by a composite key', () => {
    const sql = 'select price from prices where sku = $1 and region = $2'
    expect(
      detect(
        trace(
          'GET /x',
          each(['a', 'b', 'c'], (sku) => q(sql, [sku, 'eu'], { at: 'x.ts:1:1' })),
        ),
      ),
    ).toHaveLength(1)
  })

  test('a loop whose values are in two columns, and says that it could be either', () => {
    const flow = [...from(0, 'id', 3).flow, ...from(0, 'customer_id', 3).flow]
    const [finding] = detect(
      trace(
        'GET /x',
        q(ORDERS),
        each([1, 2, 3], (id) => q(CUSTOMER, [id], { at: 'x.ts:1:1', flow })),
      ),
    )
    expect(finding).toMatchObject({ confidence: 'likely', occurrences: [{ parent: 0 }] })
    expect(finding?.detail).toContain('id and customer_id')
  })

  test('a loop of a loop, each level with the queries it hangs on', () => {
    const found = trace(
      'GET /x',
      q('select id from orders', [], { rows: 2 }),
      each([71, 72], (id) =>
        q('select product_id from items where order_id = $1', [id], {
          at: 'x.ts:5:1',
          rows: 2,
          ...from(0, 'id', 2),
        }),
      ),
      each([801, 802], (id) =>
        q('select name from products where id = $1', [id], { at: 'x.ts:9:1', ...from(1, 'product_id', 2) }),
      ),
      each([803, 804], (id) =>
        q('select name from products where id = $1', [id], { at: 'x.ts:9:1', ...from(2, 'product_id', 2) }),
      ),
    )
    expect(
      detect(found).map(({ confidence, occurrences: [first] }) => [
        confidence,
        first?.parent,
        first?.queries,
      ]),
    ).toEqual([
      ['proven', 0, [1, 2]],
      ['proven', 1, [3, 4, 5, 6]],
    ])
    expect(detect(found)[1]?.detail).toContain('rows of 2 earlier queries')
  })
})

describe('is quiet about', () => {
  const at = 'x.ts:1:1'
  test.each<[string, Trace]>([
    [
      'the fixed code',
      trace('GET /x', q(ORDERS), q('select name from customers where id = any($1)', [[1, 2, 3]])),
    ],
    [
      'the same value again and again',
      trace(
        'GET /x',
        each([7, 7, 7, 7, 7], (id) => q(CUSTOMER, [id], { at })),
      ),
    ],
    [
      'two values of unknown origin',
      trace(
        'GET /x',
        each([1, 2], (id) => q(CUSTOMER, [id], { at })),
      ),
    ],
    [
      'one helper called from three places',
      trace(
        'GET /x',
        each([1, 2, 3], (id, i) => q(CUSTOMER, [id], { at: ['load.ts:3:1 load', `x.ts:${10 + i}:1 show`] })),
      ),
    ],
    [
      'polling for what is new',
      trace(
        'GET /x',
        each([0, 500, 1000], (n) =>
          q('select * from events where id > $1', [n], { at, startMs: n as number }),
        ),
      ),
    ],
    [
      'pages by offset',
      trace(
        'GET /x',
        each([0, 20, 40, 60], (n) => q('select * from t order by id limit 20 offset $1', [n], { at })),
      ),
    ],
    [
      'pages by key',
      trace(
        'GET /x',
        each([0, 20, 40], (n) => q('select * from t where id > $1 order by id limit 20', [n], { at })),
      ),
    ],
    [
      'pages by a key of two columns',
      trace(
        'GET /x',
        each([1, 2, 3], (n) =>
          q(
            'select * from t where a < $1 or (a = $2 and b < $3) order by a desc limit 20',
            [n, n, Number(n) + 50],
            { at },
          ),
        ),
      ),
    ],
    [
      'batches in chunks',
      trace(
        'GET /x',
        each([0, 10, 20], (n) => q('select * from t where id in ($1, $2)', [n, Number(n) + 1], { at })),
      ),
    ],
    [
      'array batches',
      trace(
        'GET /x',
        each([0, 10, 20], (n) => q('select * from t where id = any($1)', [[n, Number(n) + 1]], { at })),
      ),
    ],
    [
      'a loop of inserts',
      trace(
        'POST /x',
        each([1, 2, 3], (n) => q('insert into t (a) values ($1)', [n], { at })),
      ),
    ],
    [
      'cursor fetches',
      trace(
        'GET /x',
        each([1, 2, 3], () => q('fetch 100 from c', [], { at })),
      ),
    ],
    [
      'settings of the session',
      trace(
        'GET /x',
        each(['a', 'b', 'c'], (v) => q('select set_config($1, $2, true)', ['x', v], { at })),
      ),
    ],
    [
      'a statement without values',
      trace(
        'GET /x',
        each([1, 2, 3], () => q('select now()', [], { at })),
      ),
    ],
    [
      'statements whose values nobody recorded',
      trace(
        'GET /x',
        each([1, 2, 3], () => ({ ...q(CUSTOMER, [], { at }), params: [] })),
      ),
    ],
    [
      'values from several columns of one single row',
      trace(
        'GET /x',
        q('select * from orders limit 1', [], { rows: 1 }),
        each([1, 2], (id, i) => q(CUSTOMER, [id], { at, ...from(0, i ? 'a' : 'b', 1) })),
      ),
    ],
  ])('%s', (_what, found) => {
    expect(detect(found)).toEqual([])
  })
})

test('the thresholds are options', () => {
  const three = trace(
    'GET /x',
    each([1, 2, 3], (id) => q(CUSTOMER, [id], { at: 'x.ts:1:1' })),
  )
  expect(detect(three, { minProven: 2, minLikely: 4 })).toEqual([])
  const two = trace(
    'GET /x',
    q(ORDERS),
    each([1, 2], (id) => q(CUSTOMER, [id], { at: 'x.ts:1:1', ...from(0, 'id', 2) })),
  )
  expect(detect(two, { minProven: 3, minLikely: 3 })).toEqual([])
})

test('the key stays when lines, counts and values change', () => {
  const key = (ids: readonly number[], line: number) =>
    detect(
      trace(
        'GET /x',
        each(ids, (id) => q(CUSTOMER, [id], { at: `x.ts:${line}:1 load` })),
      ),
    )[0]?.key
  expect(key([1, 2, 3], 10)).toBe(key([7, 8, 9, 10], 99))
})

test('a statement that is built elsewhere is shown with the place', () => {
  const builtAt = { file: 'repository.ts', line: 4 }
  const [finding] = detect(
    trace(
      'GET /x',
      each([1, 2, 3], (id) => q(CUSTOMER, [id], { at: 'x.ts:1:1', builtAt })),
    ),
  )
  expect(finding?.evidence[0]).toEqual({
    label: '3×',
    text: 'select name from customers where id = ?',
    callSite: builtAt,
  })
})

test('a finding about Drizzle uses the syntax of Drizzle', () => {
  const sql = 'select "name" from "customers" where "customers"."id" = $1'
  const [finding] = detect(
    trace(
      'GET /x',
      each([1, 2, 3], (id) => q(sql, [id], { at: 'x.ts:1:1', via: 'drizzle' })),
    ),
  )
  expect(finding?.remediation).toContain('.where(inArray(…)) on the column that is customers.id in SQL')
})

test('a finding about Drizzle names the columns as the source of its query does, also where no loop is around it', () => {
  const sql = 'select "name" from "customers" where "customers"."id" = $1'
  const source: QuerySource = {
    expression: 'db.select({ name: buyers.name }).from(buyers).where(eq(buyers.buyerId, id))',
    result: 'used',
    isTyped: true,
    modules: 'import',
    imported: ['eq'],
    taken: [],
  }
  const queries = each([1, 2, 3], (id) => q(sql, [id], { at: 'x.ts:1:1', via: 'drizzle', source }))
  const [finding] = detect(trace('GET /x', queries))
  expect(finding?.remediation).toContain('.where(inArray(buyers.buyerId, …))')
})
