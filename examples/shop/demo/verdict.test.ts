import type { Finding, Report } from 'pg-loupe'
import { expect, test } from 'vitest'
import { formatVerdict, judge } from './verdict.ts'
import type { Visit } from './visits.ts'

const mark = { file: '/shop/orders.ts', line: 41, detector: 'n-plus-one' }
const mistaken = visit('GET /orders', ['n-plus-one'])
const quiet = visit('GET /orders/fixed', [])
const trial = { marks: [mark], visits: [mistaken, quiet], detectors: ['n-plus-one'] }

test('a mark that is reported at its line passes', () => {
  const verdict = judge({ ...trial, report: report(finding()) })

  expect(verdict).toMatchObject({ passed: true, marks: [{ state: 'reported', routes: ['GET /orders'] }] })
  expect(verdict.quietRoutes).toMatchObject([{ state: 'silent' }])
})

test('a mark that is not reported is missing', () => {
  const verdict = judge({ ...trial, report: report() })

  expect(verdict).toMatchObject({ passed: false, marks: [{ state: 'missing' }] })
})

test('a mark reported one line off is missing, and the finding is a surprise', () => {
  const verdict = judge({ ...trial, report: report(finding({ line: 42 })) })

  expect(verdict).toMatchObject({ passed: false, marks: [{ state: 'missing' }] })
  expect(verdict.surprises).toEqual([expect.stringContaining('orders.ts:42')])
})

test('a mark whose detector does not exist yet passes', () => {
  const verdict = judge({ ...trial, detectors: [], report: report() })

  expect(verdict).toMatchObject({ passed: true, marks: [{ state: 'waiting' }], surprises: [] })
})

test('a finding on a fixed twin is noise, even at a marked line', () => {
  const verdict = judge({ ...trial, report: report(finding(), finding({ route: 'GET /orders/fixed' })) })

  expect(verdict).toMatchObject({ passed: false, quietRoutes: [{ state: 'noisy' }] })
})

test('a quiet route that sent no query proves nothing', () => {
  const verdict = judge({ ...trial, report: { ...report(finding()), routes: [] } })

  expect(verdict).toMatchObject({ passed: false, quietRoutes: [{ state: 'not profiled' }] })
})

test('one mistake reported as two findings is a surprise', () => {
  const verdict = judge({ ...trial, report: report(finding(), finding()) })

  expect(verdict.passed).toBe(false)
  expect(verdict.surprises).toEqual(['GET /orders makes 1 × n-plus-one, but 2 × was reported'])
})

test('an error inside pg-loupe does not pass', () => {
  const whole = report(finding())
  const verdict = judge({ ...trial, report: { ...whole, cut: { ...whole.cut, internalErrors: 1 } } })

  expect(verdict.passed).toBe(false)
})

test('the verdict is a table with the result for each mark and route', () => {
  const waiting = { file: '/shop/stock.ts', line: 7, detector: 'slow-query' }
  const verdict = judge({ ...trial, marks: [mark, waiting], report: report(finding()) })

  expect(formatVerdict(verdict, { cwd: '/shop' })).toBe(`Mistakes marked in the source
  orders.ts:41       reported  n-plus-one on GET /orders
  stock.ts:7         waiting for slow-query

Fixed twins and routes without a mistake
  GET /orders/fixed  silent

Passed: 1 of 1 mistakes reported at their line, 1 of 1 other routes silent; 1 wait for a detector to come.
`)
})

function visit(route: string, mistakes: string[]): Visit {
  return { route, mistakes, about: '', requests: [] }
}

function finding({ route = 'GET /orders', line = 41 } = {}): Finding {
  return {
    detector: 'n-plus-one',
    severity: 'error',
    confidence: 'proven',
    title: '',
    detail: '',
    remediation: '',
    key: route,
    route,
    callSite: [{ file: '/shop/orders.ts', line }],
    occurrences: [],
    occurrenceCount: 1,
    cost: { queries: 1, roundTrips: 1 },
    evidence: [],
  }
}

function report(...findings: Finding[]): Report {
  const once = { min: 1, median: 1, max: 1 }
  return {
    v: 1,
    tool: { name: 'pg-loupe', version: '0.0.0' },
    traces: 2,
    queries: 2,
    findings,
    routes: ['GET /orders', 'GET /orders/fixed'].map((name) => ({
      name,
      traces: 1,
      queries: once,
      durationMs: once,
      databaseMs: once,
    })),
    measured: {},
    suppressed: 0,
    suppressions: [],
    cut: { queries: 0, traces: 0, routes: 0, observations: 0, unrecorded: 0, untraced: 0, internalErrors: 0 },
  }
}
