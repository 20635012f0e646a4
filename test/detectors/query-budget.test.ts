import { expect, test } from 'vitest'
import { queryBudget } from '../../src/detectors/query-budget.ts'
import { q, trace } from '../trace-builder.ts'

const many = (count: number, sql = 'select * from t where id = $1') =>
  Array.from({ length: count }, () => q(sql, [1]))

test('finds a trace with more queries than it may make, and shows the most frequent', () => {
  const [finding] = queryBudget.detect(
    trace('GET /x', many(3, 'select 1 from rare'), many(101)),
    queryBudget.meta.defaults,
  )
  expect(finding).toMatchObject({
    title: '104 queries, 4 more than its budget',
    confidence: 'proven',
    cost: { queries: 4 },
  })
  expect(finding?.evidence.map(({ label }) => label)).toEqual(['101×', '3×'])
})

test('a route has a budget of its own', () => {
  const options = { maxQueries: 100, routes: { 'GET /x': 2, 'GET /none': 0 } }
  expect(queryBudget.detect(trace('GET /x', many(3)), options)).toMatchObject([
    { title: '3 queries, 1 more than its budget' },
  ])
  expect(queryBudget.detect(trace('GET /none', many(1)), options)).toHaveLength(1)
  expect(queryBudget.detect(trace('GET /other', many(3)), options)).toEqual([])
})

test('queries that were counted but not kept count', () => {
  expect(
    queryBudget.detect({ ...trace('GET /x', many(90)), truncated: 50 }, queryBudget.meta.defaults),
  ).toHaveLength(1)
})

test.each([
  ['a trace within its budget', many(100)],
  ['control statements', many(300, 'begin')],
  ['settings', many(300, 'set local role app')],
  ['a route whose name is a property of every object', many(3)],
])('is quiet about %s', (_what, queries) => {
  expect(queryBudget.detect(trace('toString', queries), queryBudget.meta.defaults)).toEqual([])
})

test('a script has the budget that its name is given, and no other', () => {
  const script = { ...trace('outside any trace', many(300)), kind: 'script' as const }
  expect(queryBudget.detect(script, queryBudget.meta.defaults)).toEqual([])
  const options = { maxQueries: 100, routes: { 'outside any trace': 200 } }
  expect(queryBudget.detect(script, options)).toHaveLength(1)
})
