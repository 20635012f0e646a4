// The battery of test/live-routes judges real requests. Here are the cases that no route has, each with its label.
import { describe, expect, test } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'
import { type Judgement, judgeFix, type SeenRequest } from '../../src/panel/judge-fix.ts'
import { Analysis } from '../../src/report/run-analysis.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, from, q, trace } from '../trace-builder.ts'

const active = detectors.map((detector) => ({ detector, options: detector.meta.defaults }))

function seen(sent: Trace, over: Partial<SeenRequest['request']> = {}): SeenRequest {
  const { findings } = new Analysis({ detectors: { rules: [], active } }).add(sent)
  return {
    request: { capture: 'full', queries: sent.queries.length, status: 200, ...over },
    trace: sent,
    findings,
  }
}

function findingOf({ findings }: SeenRequest, detector: string): Finding {
  const found = findings.find((finding) => finding.detector === detector)
  if (!found) throw new Error(`the trace does not show ${detector}`)
  return found
}

/** Judges the finding of a detector in one request by another one. */
function judge(detector: string, before: SeenRequest, later: SeenRequest): Judgement {
  return judgeFix(findingOf(before, detector), before, later)
}

const list = (rows: number) => q('select id, customer_id from orders', [], { rows, at: 'orders.ts:5 recent' })
const lookup = (id: number, rows: number, at: string) =>
  q('select name from customers where id = $1', [id], { rows: 1, at, ...from(0, 'customer_id', rows) })
const loop = (rows: number, at = 'orders.ts:8 recent') =>
  trace(
    'GET /orders',
    list(rows),
    each(
      Array.from({ length: rows }, (_, i) => 70 + i),
      (id) => lookup(id as number, rows, at),
    ),
  )

const looped = seen(loop(25))

describe('a loop', () => {
  test.each<[string, Query[]]>([
    [
      'one query for all values',
      [
        q(
          'select id, name from customers where id = any($1)',
          [Array.from({ length: 25 }, (_, i) => 70 + i)],
          { rows: 25 },
        ),
      ],
    ],
    [
      'a list of values',
      [q('select id, name from customers where id in ($1, $2, $3)', [70, 71, 72], { rows: 3 })],
    ],
    [
      'chunks',
      each([0, 1, 2], (i) =>
        q('select id, name from customers where id = any($1)', [[Number(i) * 3, Number(i) * 3 + 1]], {
          rows: 2,
          at: 'orders.ts:9 recent',
        }),
      ),
    ],
  ])('is fixed by %s', (_, instead) => {
    const judgement = judge('n-plus-one', looped, seen(trace('GET /orders', list(25), instead)))
    expect(judgement).toMatchObject({ state: 'fixed' })
    expect(judgement.reason).toContain('customers')
    expect(judgement.reason).toContain('where the loop sent 25 queries')
  })

  test.each<[string, string]>([
    ['a join', 'select o.id, c.name from orders o join customers c on c.id = o.customer_id'],
    [
      'a relational query',
      'select d0.id, d1.data as customer from orders as d0 left join lateral (select json_build_array(c.name) as data from (select * from customers as c where c.id = d0.customer_id limit $1) as c) as d1 on true',
    ],
  ])('is fixed by %s that reads both tables', (_, sql) => {
    expect(judge('n-plus-one', looped, seen(trace('GET /orders', q(sql, [1], { rows: 25 }))))).toMatchObject({
      state: 'fixed',
    })
  })

  test.each<[string, Query[]]>([
    ['ended early', []],
    ['read its list only, as with a cache', [list(25)]],
    ['had one row', [list(1), lookup(70, 1, 'orders.ts:8 recent')]],
    [
      'had a list of one row and one query for all values',
      [list(1), q('select id, name from customers where id = any($1)', [[70]], { rows: 1 })],
    ],
    ['had no row', [list(0)]],
    ['used other tables', [list(25), q('select id from products', [], { rows: 25 })]],
    [
      'failed in the query that replaces the loop',
      [list(25), q('select id, name from customers where id = any($1)', [[70, 71]], { error: '42P01' })],
    ],
    [
      'sends the statement twice, too few to tell',
      [
        list(2),
        ...each([1, 2], (id) =>
          q('select name from customers where id = $1', [id], { rows: 1, at: 'orders.ts:8 recent' }),
        ),
      ],
    ],
  ])('is not judged by a request that %s', (_, queries) => {
    const judgement = judge('n-plus-one', looped, seen(trace('GET /orders', queries)))
    expect(judgement).toMatchObject({ state: 'inconclusive' })
    expect(judgement.reason).toMatch(/^[A-Z].*\.$/)
  })

  test('is not judged by a query of its tables that the request before sent as well', () => {
    const session = q('select name, email from customers where token = $1', ['x'], { rows: 1 })
    const before = seen({ ...loop(25), queries: [...loop(25).queries, session] })
    const later = seen(trace('GET /orders', list(25), session))
    expect(judge('n-plus-one', before, later)).toMatchObject({ state: 'inconclusive' })
  })

  test('is still there with fewer queries, on another line, and in a function with another name', () => {
    expect(judge('n-plus-one', looped, seen(loop(4)))).toEqual({
      state: 'still_there',
      reason: 'This request shows it again with 4 queries (25 before).',
    })
    expect(judge('n-plus-one', looped, seen(loop(25, 'orders.ts:99 recent')))).toMatchObject({
      state: 'still_there',
    })
    expect(judge('n-plus-one', looped, seen(loop(25, 'list.ts:3 latest')))).toEqual({
      state: 'still_there',
      reason: 'This request shows it again with 25 queries, from a function with another name.',
    })
  })

  test('is fixed while another loop of the same function stays', () => {
    const products = each([201, 202, 203], (id) =>
      q('select label from products where id = $1', [id], {
        rows: 1,
        at: 'orders.ts:20 recent',
        startMs: 900 + Number(id),
        ...from(0, 'product_id', 25),
      }),
    )
    const before = seen({ ...loop(25), queries: [...loop(25).queries, ...products] })
    const [customers] = before.findings.filter(({ statements }) =>
      statements?.[0]?.text.includes('customers'),
    )
    const later = seen(
      trace(
        'GET /orders',
        list(25),
        q('select id, name from customers where id = any($1)', [[70, 71]], { rows: 25 }),
        products,
      ),
    )
    expect(later.findings).toHaveLength(1)
    expect(judgeFix(customers as Finding, before, later)).toMatchObject({ state: 'fixed' })
  })

  test('is fixed by an answer that the browser had already', () => {
    const batched = trace(
      'GET /orders',
      list(25),
      q('select id, name from customers where id = any($1)', [[70, 71]], { rows: 25 }),
    )
    expect(judge('n-plus-one', looped, seen(batched, { status: 304 }))).toMatchObject({ state: 'fixed' })
  })

  test('is judged without the request that showed it', () => {
    const finding = findingOf(looped, 'n-plus-one')
    const batched = trace(
      'GET /orders',
      list(25),
      q('select id, name from customers where id = any($1)', [[70, 71]], { rows: 25 }),
    )
    expect(judgeFix(finding, undefined, seen(batched))).toMatchObject({ state: 'fixed' })
    expect(judgeFix(finding, undefined, seen(trace('GET /orders', list(25))))).toMatchObject({
      state: 'inconclusive',
    })
  })

  test('that writes is fixed by one statement with more rows, and not by one turn', () => {
    const insert = (values: string, rows: number) =>
      q(`insert into audit (id, action) values ${values}`, [], { rows, at: 'audit.ts:4 save' })
    const before = seen(
      trace(
        'POST /audit',
        each([1, 2, 3, 4], (id) => insert(`(${id}, 'x')`, 1)),
      ),
    )
    const all = seen(trace('POST /audit', insert("(1, 'x'), (2, 'x'), (3, 'x'), (4, 'x')", 4)))
    const one = seen(trace('POST /audit', insert("(1, 'x')", 1)))
    expect(judge('n-plus-one-write', before, all)).toMatchObject({ state: 'fixed' })
    expect(judge('n-plus-one-write', before, one)).toMatchObject({ state: 'inconclusive' })
  })
})

describe('no finding is judged by a request', () => {
  const batched = trace(
    'GET /orders',
    list(25),
    q('select id, name from customers where id = any($1)', [[70, 71]], { rows: 25 }),
  )
  test.each<[string, SeenRequest, string]>([
    [
      'that was only counted',
      { request: { capture: 'counted', queries: 12 }, findings: [] },
      'its 12 queries',
    ],
    [
      'whose trace is not kept any more',
      { request: { capture: 'full', queries: 2 }, findings: [] },
      'not kept any more',
    ],
    [
      'of which only a part was captured',
      seen(
        { ...batched, onlyCounted: { queries: 7, control: 0, databaseMs: 1 } },
        { capture: 'partial', queries: 9 },
      ),
      '7 of the 9 queries',
    ],
    [
      'with more queries than are kept',
      seen({ ...batched, truncated: 5 }, { capture: 'partial', queries: 7 }),
      '5 of the 7 queries',
    ],
    ['that failed', seen(batched, { status: 500 }), 'status 500'],
    ['that was not allowed', seen(batched, { status: 403 }), 'status 403'],
    ['that was aborted', seen(batched, { aborted: true }), 'aborted'],
    ['of a test that failed', seen({ ...batched, labels: { failed: 'true' } }), 'failed'],
  ])('%s', (_, later, words) => {
    const judgement = judge('n-plus-one', looped, later)
    expect(judgement.state).toBe('inconclusive')
    expect(judgement.reason).toContain(words)
  })

  test('a request that failed or was captured in part decides when it shows the finding', () => {
    expect(judge('n-plus-one', looped, seen(loop(5), { status: 500 })).state).toBe('still_there')
    expect(judge('n-plus-one', looped, seen(loop(5), { capture: 'partial' })).state).toBe('still_there')
  })
})

describe('a duplicate', () => {
  const user = (at: string) =>
    q('select name from users where id = $1', [7], { rows: 1, resultHash: 'a', at })
  const before = seen(
    trace('GET /me', user('a.ts:1 one'), user('b.ts:2 two'), q('select id from settings', [], { rows: 3 })),
  )

  test('is fixed when it is sent once in a request that did the same otherwise', () => {
    const later = seen(trace('GET /me', user('a.ts:1 one'), q('select id from settings', [], { rows: 3 })))
    expect(judge('duplicate-query', before, later)).toEqual({
      state: 'fixed',
      reason: 'The query was sent once, where it was sent 2 times with the same values.',
    })
  })

  test('is not judged by a request that took another path or had other data', () => {
    for (const later of [
      trace('GET /me', user('a.ts:1 one')),
      trace('GET /me', user('a.ts:1 one'), q('select id from settings', [], { rows: 1 })),
      trace('GET /me', q('select id from settings', [], { rows: 3 })),
    ]) {
      expect(judge('duplicate-query', before, seen(later)).state).toBe('inconclusive')
    }
  })
})

describe('a result that grows with its table', () => {
  const bounded = (rows?: number) => ({
    bound: { ...(rows === undefined ? {} : { rows }), table: 'orders', tableRows: 5000, reason: 'nothing' },
  })
  const before = seen(trace('GET /all', q('select id from orders', [], { rows: 500, ...bounded() })))

  test.each<[string, Query, Judgement['state']]>([
    [
      'a LIMIT',
      q('select id from orders order by id limit $1', [50], { rows: 50, limit: 50, ...bounded(50) }),
      'fixed',
    ],
    [
      'a cursor',
      q('select id from orders where id > $1', [0], { rows: 500, inPortions: true, ...bounded() }),
      'fixed',
    ],
    [
      'another statement without a limit',
      q('select id, status from orders', [], { rows: 0, ...bounded() }),
      'inconclusive',
    ],
    [
      'another statement, without a catalog',
      q('select id, status from orders', [], { rows: 5 }),
      'inconclusive',
    ],
    ['nothing at all', q('select id from products', [], { rows: 5 }), 'inconclusive'],
    [
      'the same statement with no row',
      q('select id from orders', [], { rows: 0, ...bounded() }),
      'inconclusive',
    ],
  ])('is judged by %s', (_, instead, state) => {
    expect(judge('unbounded-select', before, seen(trace('GET /all', instead))).state).toBe(state)
  })
})

describe('a deep page', () => {
  const page = (offset: number) =>
    q('select id from posts order by id limit $1 offset $2', [20, offset], { rows: 20, limit: 20, offset })
  const before = seen(trace('GET /posts', page(4000)))

  test.each<[string, Query, Judgement['state']]>([
    [
      'the key of the row before',
      q('select id from posts where id > $1 order by id limit $2', [4000, 20], { rows: 20, limit: 20 }),
      'fixed',
    ],
    ['an early page', page(40), 'inconclusive'],
    [
      'the first page without OFFSET',
      q('select id from posts order by id limit $1', [20], { rows: 20, limit: 20 }),
      'inconclusive',
    ],
    ['a deep page', page(8000), 'still_there'],
  ])('is judged by %s', (_, query, state) => {
    expect(judge('deep-offset', before, seen(trace('GET /posts', query))).state).toBe(state)
  })
})

test('a slow query is never fixed by one fast run, and the times are named', () => {
  const slow = (durationMs: number) =>
    trace('GET /slow', q('select count(*) from orders', [], { rows: 1, durationMs }))
  expect(judge('slow-query', seen(slow(820)), seen(slow(3)))).toEqual({
    state: 'inconclusive',
    reason:
      'The query took 3 ms in this request, 820 ms before: a measured time differs from run to run, so one run proves nothing.',
  })
})

describe('an exceeded budget', () => {
  const many = (count: number) =>
    trace(
      'GET /many',
      list(60),
      each(
        Array.from({ length: count }, (_, i) => i),
        (i) => q(`select c${i} from customers`, [], { rows: 60 }),
      ),
    )
  const before = seen(many(120))

  test('is kept again by a request with as much data', () => {
    expect(judge('query-budget', before, seen(many(10)))).toMatchObject({ state: 'fixed' })
  })

  test('is not judged by a request with less data, or with a loop that may grow', () => {
    const fewer = trace('GET /many', list(2), q('select c0 from customers', [], { rows: 2 }))
    expect(judge('query-budget', before, seen(fewer)).state).toBe('inconclusive')
    expect(judge('query-budget', before, seen({ ...loop(9), name: 'GET /many' })).state).toBe('inconclusive')
  })
})

describe('unread columns', () => {
  const used = (read: string[], unread: string[]) => ({ read, serialized: [], unread, rowsTouched: 20 })
  const columns = (...names: string[]) => names.map((name) => ({ name }))
  const request = (query: Query) => ({ ...trace('GET /posts', query), labels: { status: '200' } })
  const wide = q('select id, body from posts', [], {
    rows: 20,
    columns: columns('id', 'body'),
    usage: used(['id'], ['body']),
    at: 'posts.ts:3 list',
  })
  const analysis = new Analysis({ detectors: { rules: [], active } })
  for (let i = 0; i < 3; i++) analysis.add(request(wide))
  const [finding] = analysis.report().findings
  const before: SeenRequest = {
    request: { capture: 'full', queries: 1 },
    trace: request(wide),
    findings: [finding as Finding],
  }

  test.each<[string, Query, Judgement['state']]>([
    ['the same statement, whose column is read again by nobody', wide, 'still_there'],
    ['the same statement, whose column is read', { ...wide, usage: used(['id', 'body'], []) }, 'fixed'],
    [
      'a statement without the column',
      q('select id from posts', [], { rows: 20, columns: columns('id'), usage: used(['id'], []) }),
      'fixed',
    ],
    ['a statement that returned no row', q('select id from posts', [], { rows: 0 }), 'inconclusive'],
    ['a statement that was not watched', { ...wide, usage: undefined } as unknown as Query, 'inconclusive'],
  ])('are judged by %s', (_, query, state) => {
    expect(finding?.detector).toBe('unread-columns')
    expect(
      judgeFix(finding as Finding, before, { ...before, trace: request(query), findings: [] }).state,
    ).toBe(state)
  })
})

test('a finding of a detector of the user is fixed when it is gone from the same work, and only then', () => {
  const sent = (rows: number) => trace('GET /own', q('select id from orders', [], { rows }))
  const own = {
    ...findingOf(looped, 'n-plus-one'),
    detector: 'own-rule',
    key: 'own-rule | GET /own',
    route: 'GET /own',
  }
  const { statements: _, ...finding } = own
  const before = { ...seen(sent(20)), findings: [finding] }
  expect(judgeFix(finding, before, { ...seen(sent(15)), findings: [] }).state).toBe('fixed')
  expect(judgeFix(finding, before, { ...seen(sent(1)), findings: [] }).state).toBe('inconclusive')
  expect(judgeFix(finding, undefined, { ...seen(sent(20)), findings: [] }).state).toBe('inconclusive')
})
