// Compares two reports. A finding stays the same when its line moves, and a route that did not run proves nothing.
import { expect, test } from 'vitest'
import { compareReports } from '../../src/report/compare-reports.ts'
import { consoleComparison } from '../../src/report/reporters/console-comparison.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Report, RouteSummary } from '../../src/types/report.ts'
import { finding, HOSTILE, reportOf, UNSEEN } from '../report-builder.ts'

const spread = (count: number) => ({ min: count, median: count, max: count })
const route = (name: string, queries = 1): RouteSummary => ({
  name,
  traces: 1,
  queries: spread(queries),
  durationMs: spread(1),
  databaseMs: spread(1),
})

/** A finding on `GET /<name>` with this number of queries. */
function loop(name: string, queries: number, over: Partial<Finding> = {}): Finding {
  return finding({
    key: `n-plus-one | GET /${name} | list | 0123456789abcdef`,
    route: `GET /${name}`,
    occurrences: [
      { trace: `http GET /${name} #1`, queries: Array.from({ length: queries }, (_, index) => index) },
    ],
    ...over,
  })
}

function report(findings: readonly Finding[], routes: readonly RouteSummary[], suppressed = 0): Report {
  return { ...reportOf(...findings), routes, suppressed }
}

test('reports new, grown, fixed, unseen and unchanged findings', () => {
  const base = report(
    [loop('same', 5), loop('less', 5), loop('more', 5), loop('fixed', 5), loop('gone', 5)],
    [
      route('GET /same'),
      route('GET /less'),
      route('GET /more', 6),
      route('GET /fixed', 6),
      route('GET /gone'),
    ],
  )
  const head = report(
    [loop('same', 5), loop('less', 4), loop('more', 9), loop('new', 5)],
    [
      route('GET /same'),
      route('GET /less'),
      route('GET /more', 10),
      route('GET /fixed'),
      route('GET /new', 6),
    ],
  )
  const { new: added, grown, fixed, unseen, known, routes } = compareReports(base, head)
  const names = (findings: readonly Finding[]) => findings.map((one) => one.route)
  expect([names(added), names(fixed), names(unseen), known]).toEqual([
    ['GET /new'],
    ['GET /fixed'],
    ['GET /gone'],
    2,
  ])
  expect(grown).toMatchObject([{ finding: { route: 'GET /more' }, before: 5, after: 9 }])
  expect(routes).toEqual([
    { name: 'GET /fixed', before: spread(6), after: spread(1) },
    { name: 'GET /gone', before: spread(1) },
    { name: 'GET /less', before: spread(1), after: spread(1) },
    { name: 'GET /more', before: spread(6), after: spread(10) },
    { name: 'GET /new', after: spread(6) },
    { name: 'GET /same', before: spread(1), after: spread(1) },
  ])
})

test('a report has no difference from itself, and moved lines make none', () => {
  const base = report([loop('a', 5)], [route('GET /a')])
  const moved = report(
    [loop('a', 5, { callSite: [{ file: 'src/elsewhere.ts', line: 900 }] })],
    [route('GET /a')],
  )
  for (const head of [base, moved]) {
    expect(compareReports(base, head)).toMatchObject({ new: [], grown: [], fixed: [], unseen: [], known: 1 })
  }
})

test('slow queries are not compared, because times differ from run to run', () => {
  const slow = loop('a', 1, { detector: 'slow-query' })
  const nothing = { new: [], grown: [], fixed: [], unseen: [] }
  expect(compareReports(report([], [route('GET /a')]), report([slow], [route('GET /a')]))).toMatchObject(
    nothing,
  )
  expect(compareReports(report([slow], [route('GET /a')]), report([], [route('GET /a')]))).toMatchObject(
    nothing,
  )
})

test('the terminal shows new findings in full and the others in one line each', () => {
  const base = report(
    [loop('more', 5), loop('fixed', 5), loop('gone', 5)],
    [route('GET /more', 6), route('GET /fixed', 6)],
  )
  const head = report([loop('more', 9), loop('new', 5)], [route('GET /more', 10), route('GET /fixed')], 2)
  expect(consoleComparison(compareReports(base, head))).toMatchInlineSnapshot(`
    "1 new, 1 grown, 1 fixed, 1 not seen, 0 as before, 2 suppressed, where 0 were before

    New
      in GET /new
      ✖ N+1: 4 queries, one for each row  n-plus-one, proven
        at       src/orders.ts:41:9 list
        from     src/app.ts:7
        4×       select name from customers where id = ?
        rows of  select id from orders  (src/orders.ts:35)
        why      Each of the 4 values of customers.id came from orders.customer_id of 4 rows of one earlier query.
        instead  Collect the id values first and ask once, with id = any(…).
                 select id, name from customers where id = any($1)
        saves    3 round trips

    Grown
      GET /more  N+1: 4 queries, one for each row  5 → 9 queries  src/orders.ts:41:9 list

    Fixed
      GET /fixed  N+1: 4 queries, one for each row  src/orders.ts:41:9 list

    Not seen, because their routes did not run
      GET /gone  N+1: 4 queries, one for each row  src/orders.ts:41:9 list

    Queries by route
      GET /fixed  6 → 1
      GET /more   6 → 10
    "
  `)
  expect(consoleComparison(compareReports(base, base))).toBe('0 new, 0 grown, 0 fixed, 3 as before\n')
})

test('hostile text reaches no terminal', () => {
  const hostile = loop('x', 2, { title: HOSTILE, route: HOSTILE })
  const text = consoleComparison(compareReports(report([], []), report([hostile], [route(HOSTILE)])))
  expect(text).not.toMatch(UNSEEN)
})
