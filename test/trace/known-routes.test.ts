// Which traces are only counted, and what ends that: nothing may go unseen for longer than the budget says, and nothing is
// expected that was not seen in full.
import { expect, test } from 'vitest'
import { type Expectation, type KnownRoutes, knownRoutes } from '../../src/trace/sampling/known-routes.ts'
import { Suspicion } from '../../src/trace/sampling/suspicion.ts'
import type { Query } from '../../src/types/query.ts'

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
  for (let at = 0; at < times; at++) {
    learnOne(known, name, statements.map(query), { shape, surprisesBefore: known.surprises })
  }
}

function learnOne(
  known: KnownRoutes,
  name: string,
  queries: readonly Query[],
  { shape = name, counted, surprisesBefore = known.surprises, truncated = 0 }: Partial<Learned> = {},
) {
  known.learn(shape, name, queries, counted, { surprisesBefore, truncated })
}

interface Learned {
  shape: string
  counted: Expectation
  surprisesBefore: number
  truncated: number
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

/** How many of so many sendings of one statement are counted. */
function countedOf(expectation: Expectation, sql: string, times: number): number {
  for (let count = 0; count < times; count++) if (expectation.count(sql) === undefined) return count
  return times
}

test('traces that began before a surprise do not settle the route again, and those after it do', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  const before = known.surprises
  expect(countedOf(expected(known, 'GET /orders'), LOOK_UP, 2)).toBe(1)
  for (let at = 0; at < 50; at++) {
    learnOne(known, 'GET /orders', [query(LIST), query(LOOK_UP)], { surprisesBefore: before })
  }
  expect(isFull(known, 'GET /orders')).toBe(true)
  learn(known, 'GET /orders', [LIST, LOOK_UP], 5)
  expect(isFull(known, 'GET /orders')).toBe(false)
})

test('a surprise on one route leaves the others as they were', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  learn(known, 'GET /users', [LIST], 9)
  const before = known.surprises
  countedOf(expected(known, 'GET /orders'), LOOK_UP, 2)
  learnOne(known, 'GET /users', [query(LIST)], { surprisesBefore: before })
  expect([isFull(known, 'GET /users'), isFull(known, 'GET /orders')]).toEqual([false, true])
})

test('the second surprise of a route counts, however many traces have been calm since the first', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  const one = expected(known, 'GET /orders')
  const other = expected(known, 'GET /orders')
  countedOf(one, LOOK_UP, 2)
  const between = known.surprises
  learn(known, 'GET /orders', [LIST, LOOK_UP], 4)
  countedOf(other, LOOK_UP, 2)
  for (let at = 0; at < 5; at++) {
    learnOne(known, 'GET /orders', [query(LIST), query(LOOK_UP)], { surprisesBefore: between })
  }
  expect(isFull(known, 'GET /orders')).toBe(true)
})

test('a loop that grows by a little each time is compared with the last trace in full, so that what is captured of it grows', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  const captured = [3, 5, 7, 9].map((times) => {
    const counted = expected(known, 'GET /orders')
    const rest = times - countedOf(counted, LOOK_UP, times)
    learnOne(
      known,
      'GET /orders',
      Array.from({ length: rest }, () => query(LOOK_UP)),
      { counted },
    )
    learn(known, 'GET /orders', [LIST, LOOK_UP], 6)
    return rest
  })
  expect(captured).toEqual([2, 4, 6, 8])
})

test('a loop that was in full is as known as anything else, up to its length', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  learn(known, 'GET /orders', [LIST, ...Array(9).fill(LOOK_UP)], 1)
  learn(known, 'GET /orders', [LIST, LOOK_UP], 5)
  expect(countedOf(expected(known, 'GET /orders'), LOOK_UP, 20)).toBe(9)
})

test('in a trace with more queries than are kept, the others may have been any of its statements', () => {
  const known = routesUnderLoad()
  for (let at = 0; at < 10; at++) learnOne(known, 'GET /all', [query(LOOK_UP)], { truncated: 7 })
  expect(countedOf(expected(known, 'GET /all'), LOOK_UP, 20)).toBe(8)
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

test('a query that was slow before is not new', () => {
  const known = routesUnderLoad()
  learnOne(known, 'GET /slow', [{ sql: LIST, durationMs: 900, rows: 1 }])
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
  learn(known, 'GET /a/:id', [LIST], 4, 'GET /a/*')
  expect(isFull(known, 'GET /a/*')).toBe(true)
  learn(known, 'GET /a/:id', [LIST], 1, 'GET /a/*')
  expect(isFull(known, 'GET /a/*')).toBe(false)
})

test('a trace in part of a route that it was not expected on does not settle that route', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /a/:id', [LIST], 10, 'GET /a/*')
  learn(known, 'GET /b/:id', [LIST], 9, 'GET /b/*')
  const counted = expected(known, 'GET /a/*')
  expect(counted.fits('GET /b/:id')).toBe(false)
  learnOne(known, 'GET /b/:id', [query(LIST)], { shape: 'GET /b/*', counted })
  expect(isFull(known, 'GET /b/*')).toBe(true)
})

test('requests by hand are always fully captured, because the budget refills', () => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  expected(known, 'GET /orders')
  now += 60_000
  for (let click = 0; click < 80; click++) expect(known.expect('GET /orders')).toBeUndefined()
})

test('a route with more queries than the budget holds is in full when somebody opens it after a pause', () => {
  now = 0
  const known = knownRoutes(SLOW_MS, () => now)
  learn(known, 'GET /big', Array(995).fill(LOOK_UP), 15)
  const isInFull = Array.from({ length: 20 }, () => {
    now += 3600_000
    return known.expect('GET /big') === undefined
  })
  expect(isInFull).not.toContain(false)
})

test('one enormous trace does not keep the others waiting for long', () => {
  now = 0
  const known = knownRoutes(SLOW_MS, () => now)
  learn(known, 'GET /import', Array(10_000).fill(LOOK_UP), 15)
  learn(known, 'GET /orders', [LIST, LOOK_UP], 10)
  expect(known.expect('GET /import')).toBeUndefined()
  expect(isFull(known, 'GET /orders')).toBe(false)
  now += 40_000
  expect(isFull(known, 'GET /orders')).toBe(true)
})

test.each([
  ['every five seconds, every time', 5000, 60],
  ['ten times a second, every two seconds', 100, 3],
])('a route is in full that is opened, while another takes all there is, %s', (_how, everyMs, isInFull) => {
  const known = routesUnderLoad()
  learn(known, 'GET /orders', Array(20).fill(LOOK_UP), 10)
  const full = Array.from({ length: 60 }, () => {
    now += everyMs
    for (let at = 0; at < 100; at++) known.expect('GET /busy')
    return known.expect('GET /orders') === undefined
  })
  expect(full.filter(Boolean)).toHaveLength(isInFull)
})

test('a thousand routes that are opened now and then do not cost what a thousand traces in full do', () => {
  const known = routesUnderLoad()
  const names = Array.from({ length: 900 }, (_, at) => `GET /${at}`)
  for (const name of names) learn(known, name, Array(20).fill(LOOK_UP), 10)
  const full = Array.from({ length: 20 }, () => {
    now += 2500
    return names.filter((name) => known.expect(name) === undefined).length
  })
  expect(full.reduce((sum, count) => sum + count) / full.length).toBeLessThan(50)
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
