import { describe, expect, test } from 'vitest'
import { nPlusOneWrite } from '../../src/detectors/n-plus-one-write.ts'
import type { Query, Trace } from '../../src/types.ts'
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
    expect(finding).not.toHaveProperty('fix')
  })

  test('updates that set a value, without writing down a statement that would set one value for all', () => {
    const loop = each([1, 2, 3], (id) => q('update t set a = $1 where id = $2', [7, id], { at }))
    expect(detect(trace('POST /x', loop))[0]).not.toHaveProperty('fix')
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

  test('what Drizzle wrote, in the words of Drizzle', () => {
    expect(detect(trace('POST /x', inserts(3, { via: 'drizzle' })))[0]?.remediation).toContain('.values([{')
  })
})

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
  expect(detect(trace('POST /x', inserts(3)), { proven: 2, likely: 4 })).toEqual([])
  expect(detect(trace('POST /x', inserts(2)), { proven: 2, likely: 2 })).toHaveLength(1)
})
