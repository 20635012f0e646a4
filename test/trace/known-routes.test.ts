// Which traces are only counted, and what ends that: nothing may go unseen for longer than the budget says, and nothing is
// expected that was not seen in full.
import { expect, test } from 'vitest'
import { type Expectation, type KnownRoutes, knownRoutes } from '../../src/trace/known-routes.ts'
import { Suspicion } from '../../src/trace/suspicion.ts'

const LIST = 'select id from orders'
const LOOK_UP = 'select name from customers where id = $1'
const SLOW_MS = 500

let now = 0

/** Under load from the start: nothing is left of the budget. */
function routesUnderLoad(): KnownRoutes {
  const known = knownRoutes(SLOW_MS, () => now)
  learn(known, 'GET /busy', [LIST], 20)
  for (let trace = 0; trace < 2000; trace++) known.expect('GET /busy')
  return known
}

function learn(known: KnownRoutes, name: string, statements: readonly string[], times: number, shape = name) {
  for (let at = 0; at < times; at++) known.learn(shape, name, statements.map(query), undefined)
}

const query = (sql: string) => ({ sql, rows: 1, durationMs: 1 })

function expected(known: KnownRoutes, shape: string): Expectation {
  // One of many is in full whatever is known.
  const expectation = known.expect(shape) ?? known.expect(shape)
  if (!expectation) throw new Error(`${shape} is captured in full`)
  return expectation
}

function isFull(known: KnownRoutes, shape: string): boolean {
  return known.expect(shape) === undefined && known.expect(shape) === undefined
}

test('the first ten traces of a route are in full, and the ones after them only counted', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 9)
  expect(isFull(known, 'GET /orders')).toBe(true)
  learn(known, 'GET /orders', [LIST, LOOK_UP], 1)
  const expectation = expected(known, 'GET /orders')
  expect([LIST, LOOK_UP].map((sql) => expectation.count(sql) !== undefined)).toEqual([true, true])
  expect(expectation.queries).toBe(2)
})

test('a statement is known by its fingerprint, however its text differs', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', ['select * from orders where id = 1'], 10)
  expect(expected(known, 'GET /orders').count('SELECT * FROM orders WHERE id = 77')).toBeDefined()
})

test.each([
  ['a statement that never was', [LIST, 'select 1']],
  ['one more of a statement than ever', [LIST, LOOK_UP, LOOK_UP]],
  ['more queries than ever', [LIST, LOOK_UP, LIST]],
])('%s is not expected, and the next five traces are in full', (_what, sent) => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  const expectation = expected(known, 'GET /orders')
  expect(sent.map((sql) => expectation.count(sql) !== undefined).indexOf(false)).toBe(sent.length - 1)
  learn(known, 'GET /orders', [LIST, LOOK_UP], 4)
  expect(isFull(known, 'GET /orders')).toBe(true)
  learn(known, 'GET /orders', [LIST, LOOK_UP], 1)
  expect(isFull(known, 'GET /orders')).toBe(false)
})

test.each([
  ['a slow query', SLOW_MS + 1, 1, false],
  ['a query that is not slow', SLOW_MS, 1, true],
  ['a result ten times as large as any before', 1, 1000, false],
  ['a result of a few rows more', 1, 99, true],
])('%s', (_what, durationMs, rows, isUsual) => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST], 10)
  const expectation = expected(known, 'GET /orders')
  const statement = expectation.count(LIST)
  expect(statement && expectation.isUsual(statement, durationMs, rows)).toBe(isUsual)
  expect(isFull(known, 'GET /orders')).toBe(!isUsual)
})

test('what was slow before is no news', () => {
  const known = routesUnderLoad()
  known.learn('GET /slow', 'GET /slow', [{ sql: LIST, durationMs: 900, rows: 1 }], undefined)
  learn(known, 'GET /slow', [LIST], 10)
  const expectation = expected(known, 'GET /slow')
  const statement = expectation.count(LIST)
  expect(statement && expectation.isUsual(statement, 900, 1)).toBe(true)
})

test('a route that is new is not taken for another with the same shape of path', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /users/:id', [LIST], 10, 'GET /users/*')
  expect(expected(known, 'GET /users/*').fits('GET /users/new')).toBe(false)
  learn(known, 'GET /users/new', [LIST], 1, 'GET /users/*')
  expect(isFull(known, 'GET /users/*')).toBe(true)
})

test('a trace that turns out to be on another known route goes on being counted, by what is known of that', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /a/:id', [LIST], 10, 'GET /a/*')
  learn(known, 'GET /a/new', [LIST, LOOK_UP], 10, 'GET /a/*')
  const expectation = expected(known, 'GET /a/*')
  expectation.count(LIST)
  expect(expectation.fits('GET /a/:id')).toBe(true)
  expect(expectation.count(LOOK_UP)).toBeUndefined()
})

test('one that has sent already what its route never did is captured', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /a/:id', [LIST], 10, 'GET /a/*')
  learn(known, 'GET /a/new', [LIST, LOOK_UP], 10, 'GET /a/*')
  const expectation = expected(known, 'GET /a/*')
  expectation.count(LOOK_UP)
  expect(expectation.fits('GET /a/:id')).toBe(false)
})

test('who clicks is never only counted: the budget is there again after a while', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  expected(known, 'GET /orders')
  now += 60_000
  for (let click = 0; click < 80; click++) expect(known.expect('GET /orders')).toBeUndefined()
})

test('one of a thousand is in full, however busy the route is', () => {
  const known = routesUnderLoad()
  const full = Array.from({ length: 10_000 }, () => known.expect('GET /busy')).filter((one) => !one)
  expect(full).toHaveLength(10)
})

test('a route that changes tables is always in full, because what is known of them has to be read again', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /report', ['create temp table t (id int)', LIST], 50)
  expect(isFull(known, 'GET /report')).toBe(true)
})

test('routes, shapes and statements without end are not remembered without end', () => {
  const known = routesUnderLoad()
  const before = memory()
  for (let at = 0; at < 30_000; at++) learn(known, `GET /${at}`, [`select column_${'x'.repeat(300)}${at}`], 1)
  learn(
    known,
    'GET /made-up',
    Array.from({ length: 30_000 }, (_, at) => `select c${at} from t`),
    1,
  )
  expect(memory() - before).toBeLessThan(60_000_000)
  expect(isFull(known, 'GET /29999')).toBe(true)
  expect(isFull(known, 'GET /made-up')).toBe(true)
})

function memory(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

test('in production one statement again and again is suspicious, and nothing was before', () => {
  const suspicion = new Suspicion(SLOW_MS)
  const counted = Array.from({ length: 6 }, () => suspicion.count(LOOK_UP) !== undefined)
  expect(counted).toEqual([true, true, true, true, false, false])
  expect(suspicion.count(LIST)).toBeDefined()
})

test('in production a slow query and a huge result are suspicious', () => {
  const suspicion = new Suspicion(SLOW_MS)
  const statement = suspicion.count(LIST)
  const usual = [
    [1, 1],
    [SLOW_MS + 1, 1],
    [1, 10_000],
  ].map(([durationMs = 0, rows = 0]) => statement && suspicion.isUsual(statement, durationMs, rows))
  expect(usual).toEqual([true, false, false])
})
