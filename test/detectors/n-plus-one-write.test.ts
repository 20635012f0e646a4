import { describe, expect, test } from 'vitest'
import { nPlusOneWrite } from '../../src/detectors/n-plus-one-write.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, from, q, trace } from '../trace-builder.ts'

const INSERT = 'insert into items (order_id, name) values ($1, $2)'
const at = 'orders.ts:41:9 create'

const detect = (found: Trace, options = nPlusOneWrite.meta.defaults) => nPlusOneWrite.detect(found, options)

function inserts(count: number, more: Partial<Query> = {}): Query[] {
  return each(
    Array.from({ length: count }, (_, i) => i),
    (i) => q(INSERT, [7, `n${i}`], { at, ...more }),
  )
}

describe('finds', () => {
  test('inserts one by one, with the statement for all of them', () => {
    const [finding, ...more] = detect(trace('POST /orders', inserts(5)))
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      confidence: 'likely',
      title: 'N+1: 5 inserts, one at a time',
      callSite: [{ file: 'orders.ts', line: 41 }],
      occurrences: [{ queries: [0, 1, 2, 3, 4] }],
      cost: { roundTrips: 4 },
      fix: 'insert into items(order_id, name) values ($1, $2), ($3, $4) -- and so on, a bracket for each row',
    })
  })

  test('the same row ten times: executions count, not values', () => {
    expect(
      detect(
        trace(
          'POST /x',
          each([1, 1, 1, 1], (v) => q('insert into log (a) values ($1)', [v], { at })),
        ),
      ),
    ).toHaveLength(1)
  })

  test('two writes whose values came from the rows of an earlier query, as proven', () => {
    const loop = each([11, 12], (id) =>
      q('delete from carts where id = $1', [id], { at, ...from(0, 'cart_id', 2) }),
    )
    const [finding] = detect(trace('POST /x', q('select cart_id from orders', [], { rows: 2 }), loop))
    expect(finding).toMatchObject({
      confidence: 'proven',
      occurrences: [{ parent: 0 }],
      fix: 'delete from carts where id = any($1)',
    })
    expect(finding?.detail).toContain('came from column cart_id of 2 rows')
  })

  test('updates of row after row, and names UPDATE … FROM where both key and value move', () => {
    const [finding] = detect(
      trace(
        'POST /x',
        each([1, 2, 3], (id) => q('update t set a = $1 where id = $2', [Number(id) * 10, id], { at })),
      ),
    )
    expect(finding?.remediation).toContain('UPDATE … FROM')
    expect(finding?.fix).toMatch(/^update t set a = given\.new_a from \(/)
  })

  test('updates that set a value that happens to be the same, with a statement that sets one for each', () => {
    const loop = each([1, 2, 3], (id) => q('update t set a = $1 where id = $2', [7, id], { at }))
    expect(detect(trace('POST /x', loop))[0]?.fix).toContain('set a = given.new_a')
  })

  test('a write inside WITH', () => {
    const sql = 'with gone as (delete from carts where id = $1 returning id) select count(*) from gone'
    expect(
      detect(
        trace(
          'POST /x',
          each([1, 2, 3], (id) => q(sql, [id], { at })),
        ),
      ),
    ).toMatchObject([{ title: 'N+1: 3 deletes, one at a time' }])
  })

  test('that each is a commit of its own, only when it has seen that no transaction was open', () => {
    const detailOf = (more: Partial<Query>) => detect(trace('POST /x', inserts(3, more)))[0]?.detail
    expect(detailOf({ connection: 1 })).toContain('a commit of its own')
    expect(detailOf({ connection: 1, transaction: 4 })).not.toContain('commit')
    expect(detailOf({})).not.toContain('commit')
  })

  test('a loop in a transaction that is rolled back after it', () => {
    const loop = inserts(4, { transaction: 1 })
    const found = trace(
      'POST /x',
      q('begin', [], { transaction: 1 }),
      loop,
      q('rollback', [], { transaction: 1 }),
    )
    expect(detect(found)).toMatchObject([{ cost: { queries: 3 } }])
  })

  test('batches of different sizes, each with the rows of one parent', () => {
    const links = [2, 5, 1, 3].map((count, parent) => insertRows('links', count, `doc${parent}`))
    const [finding, ...more] = detect(trace('POST /publish', links))
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      confidence: 'likely',
      title: 'N+1: 4 inserts, those of one parent at a time',
      occurrences: [{ queries: [0, 1, 2, 3] }],
      cost: { queries: 3 },
    })
    expect(finding?.detail).toContain('writes 1 to 5 rows and is a round trip')
  })

  test('batches of one size, when the old rows of each parent are deleted before', () => {
    const turns = ['a', 'b', 'c'].flatMap((parent) => [
      q('delete from links where parent_id = $1', [parent], { at: 'cms.ts:20:9 save' }),
      insertRows('links', 3, parent),
    ])
    expect(detect(trace('POST /publish', turns)).map(({ title }) => title)).toEqual([
      'N+1: 3 deletes, one at a time',
      'N+1: 3 inserts, those of one parent at a time',
    ])
  })

  test('batches that write the key of their parent with one parameter in every row', () => {
    const pairs = each([1, 2, 3], (id) =>
      q('insert into image (product, src) values ($1, $2), ($1, $3)', [id, `a${id}`, `b${id}`], { at }),
    )
    expect(detect(trace('POST /x', pairs))).toHaveLength(1)
  })

  test('two batches, when the key of their parent is proven to come from earlier rows', () => {
    const pairs = each([11, 12], (id, turn) =>
      q('insert into links (parent_id, to_id) values ($1, $2), ($3, $4)', [id, 1, id, 2], {
        at,
        flow: [{ param: 0, query: 0, column: 'id', rows: 2 + turn }],
      }),
    )
    expect(detect(trace('POST /x', q('select id from documents', [], { rows: 2 }), pairs))).toMatchObject([
      { confidence: 'proven' },
    ])
  })

  test.each<[string, string, (id: unknown) => unknown[], Partial<Query>]>([
    [
      'unnest of arrays of one element',
      'insert into tags (id, name) select * from unnest($1::int[], $2::text[]) on conflict (id) do update set name = excluded.name',
      (id) => [[id], ['name']],
      { rows: 1 },
    ],
    [
      'rows of a document, of which each holds one',
      'insert into jobs (name, data) select j.name, j.data from json_to_recordset($1) as j (name text, data jsonb)',
      (id) => [JSON.stringify([{ name: 'send', data: { id } }])],
      { rows: 1 },
    ],
    [
      'values that are joined to a table',
      'insert into settings (k, v) select j.k, j.v from (select $1 as k, $2 as v) j join features f on f.name = $3 on conflict do nothing',
      (id) => [`k${id}`, 'v', 'flag'],
      { rows: 1 },
    ],
    [
      'the rows of another table that belong to one parent',
      'insert into archive select * from items where order_id = $1',
      (id) => [id],
      { rows: 3 },
    ],
    [
      'a column that is an array',
      'insert into posts (title, tags) values ($1, $2)',
      (id) => [`t${id}`, ['a', 'b', `${id}`]],
      { rows: 1 },
    ],
    [
      'an update by a condition',
      `update stock set state = case when $1 > 0 then 'left' else 'sold' end where id = $2`,
      (id) => [5, id],
      { rows: 1 },
    ],
    [
      'rows of one parent that are not to stay',
      'delete from links where parent_id = $1 and id not in ($2, $3)',
      (id) => [id, `${id}1`, `${id}2`],
      {},
    ],
    [
      'a job with a document that is another one each time',
      'insert into job (name, data) values ($1, $2)',
      (id) => ['send', { order: id }],
      { rows: 1 },
    ],
  ])('a loop over %s', (_what, sql, params, more) => {
    const loop = each([1, 2, 3, 4], (id) => q(sql, params(id), { at, ...more }))
    expect(detect(trace('POST /x', loop))).toHaveLength(1)
  })

  test('statements of Drizzle in the syntax of Drizzle', () => {
    expect(detect(trace('POST /x', inserts(3, { via: 'drizzle' })))[0]?.remediation).toContain('.values([{')
  })
})

function insertRows(table: string, count: number, parent: unknown): Query {
  const rows = Array.from({ length: count }, (_, row) => `($${2 * row + 1}, $${2 * row + 2})`)
  const params = Array.from({ length: count }, (_, row) => [parent, `${parent} ${row}`]).flat()
  return q(`insert into ${table} (parent_id, target) values ${rows.join(', ')}`, params, { at })
}

/** Chunks of so many rows, which belong to nobody together. */
function chunks(...sizes: readonly number[]): Query[] {
  let next = 0
  return sizes.map((size) => {
    const rows = Array.from({ length: size }, (_, row) => `($${2 * row + 1}, $${2 * row + 2})`)
    const params = Array.from({ length: size }, () => [`key ${next}`, next++]).flat()
    return q(`insert into imported (k, v) values ${rows.join(', ')}`, params, { at })
  })
}

describe('is quiet about', () => {
  const claim = `update jobs set state = $1 where id = (select id from jobs where state = $2 limit 1 for update skip locked) returning id`
  test.each<[string, Trace]>([
    [
      'the fixed code',
      trace(
        'POST /x',
        q('insert into items (order_id, name) values ($1, $2), ($3, $4)', [7, 'a', 7, 'b'], { at }),
      ),
    ],
    ['two inserts', trace('POST /x', inserts(2))],
    [
      'chunks of rows',
      trace(
        'POST /x',
        each([1, 2, 3], (n) =>
          q('insert into items (order_id, name) values ($1, $2), ($3, $4)', [n, 'a', n, 'b'], { at }),
        ),
      ),
    ],
    [
      'chunks of keys',
      trace(
        'POST /x',
        each([1, 2, 3], (n) => q('delete from t where id = any($1)', [[n, Number(n) + 50]], { at })),
      ),
    ],
    ['an import in chunks with a rest', trace('POST /x', chunks(500, 500, 500, 120))],
    ['an import in small chunks', trace('POST /x', chunks(10, 10, 10, 7))],
    ['chunks of different sizes whose rows have nothing in common', trace('POST /x', chunks(12, 9, 11, 4))],
    [
      'large batches, each of one parent',
      trace(
        'POST /x',
        [200, 310, 150].map((count, parent) => insertRows('links', count, parent)),
      ),
    ],
    [
      'small chunks of one size, all rows of which were made at the time of their chunk',
      trace(
        'POST /x',
        ['10:00', '10:01', '10:02'].map((time) => insertRows('log', 10, time)),
      ),
    ],
    [
      'chunks by unnest of large arrays, of which some were there already',
      trace(
        'POST /x',
        each([0, 1, 2], (chunk) =>
          q(
            'insert into t (a) select * from unnest($1::int[]) on conflict do nothing',
            [Array.from({ length: 500 }, (_, i) => Number(chunk) * 500 + i)],
            { at, rows: 1 },
          ),
        ),
      ),
    ],
    [
      'chunks of a document, of which none was new',
      trace(
        'POST /x',
        each([0, 1, 2], (chunk) =>
          q(
            'insert into t select * from jsonb_to_recordset($1) as j (a int) on conflict do nothing',
            [`[{"a":${chunk}}]`],
            { at, rows: 0 },
          ),
        ),
      ),
    ],
    [
      'a table that is copied in ranges of its key',
      trace(
        'POST /x',
        each([0, 1, 2], (range) =>
          q('insert into copy select * from t where id > $1 and id <= $2', [range, Number(range) + 1], {
            at,
            rows: 9 + Number(range),
          }),
        ),
      ),
    ],
    [
      'sums of each day, which the database computes',
      trace(
        'POST /x',
        each([1, 2, 3], (day) =>
          q('insert into days select day, count(*) from t where day = $1 group by day', [day], {
            at,
            rows: 1,
          }),
        ),
      ),
    ],
    [
      'an update for each state, of all rows that get it',
      trace(
        'POST /x',
        [
          [1, 2, 3],
          [4, 5],
          [6, 7, 8, 9],
        ].map((ids, state) => q('update t set state = $1 where id = any($2)', [state, ids], { at })),
      ),
    ],
    [
      'rows from rows',
      trace(
        'POST /x',
        each([1, 2, 3], (n) => q('insert into archive select * from t where day = $1', [n], { at })),
      ),
    ],
    [
      'a table emptied in portions',
      trace(
        'POST /x',
        each([1, 2, 3, 4], () =>
          q('delete from t where id in (select id from t where old limit 1000)', [], { at }),
        ),
      ),
    ],
    ['a retry after errors', trace('POST /x', inserts(3, { error: '40001' }), inserts(1))],
    [
      'a retry of a transaction that fails at its end',
      trace(
        'POST /x',
        [1, 2, 3].flatMap((transaction) => [
          q('begin', [], { transaction }),
          q('update t set a = $1 where id = $2', [1, 2], { at, transaction }),
          q('commit', [], { transaction, ...(transaction < 3 ? { error: '40001' } : {}) }),
        ]),
      ),
    ],
    [
      'a retry of a transaction that is rolled back',
      trace(
        'POST /x',
        [1, 2, 3].flatMap((transaction) => [
          q('begin', [], { transaction }),
          q(INSERT, [7, 'a'], { at, transaction }),
          q(transaction < 3 ? 'rollback' : 'commit', [], { transaction }),
        ]),
      ),
    ],
    [
      'a worker that claims job after job',
      trace(
        'worker',
        [1, 2, 3, 4].flatMap((id) => [
          q(claim, ['active', 'ready'], { at: 'worker.ts:9:1 run' }),
          q('update jobs set state = $1 where id = $2', ['done', id], { at: 'worker.ts:15:1 run' }),
        ]),
      ),
    ],
    [
      'the books of a migration tool',
      trace(
        'migrate',
        each(['a', 'b', 'c'], (name) =>
          q('insert into "__drizzle_migrations" (hash) values ($1)', [name], { at }),
        ),
      ),
    ],
    [
      'three explicit calls of one helper',
      trace(
        'POST /x',
        each([1, 2, 3], (n, i) => q(INSERT, [n, 'a'], { at: ['audit.ts:3:1 log', `x.ts:${20 + i}:1 save`] })),
      ),
    ],
    [
      'three explicit calls on one line',
      trace(
        'POST /x',
        each([1, 2, 3], (n, i) =>
          q(INSERT, [n, 'a'], { at: ['audit.ts:3:1 log', `x.ts:20:${10 + i} save`] }),
        ),
      ),
    ],
    [
      'reads',
      trace(
        'GET /x',
        each([1, 2, 3], (n) => q('select * from t where id = $1', [n], { at })),
      ),
    ],
  ])('%s', (_what, found) => {
    expect(detect(found)).toEqual([])
  })
})

test('the thresholds are options', () => {
  expect(detect(trace('POST /x', inserts(3)), { minProven: 2, minLikely: 4 })).toEqual([])
  expect(detect(trace('POST /x', inserts(2)), { minProven: 2, minLikely: 2 })).toHaveLength(1)
})
