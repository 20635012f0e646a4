// When a trace is over: what still belongs to it, what it waits for and what it does not, and that it stays as it was
// once it has been read.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import type { Report } from '../../src/types/report.ts'
import type { Trace } from '../../src/types/trace.ts'

vi.mock('../../src/host/real-time.ts', () => import('../replaceable-time.ts'))

// Only the clock is replaced: the limits are seconds.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const CONNECTION = {}

test('a trace that has ended closes when no query has followed for a moment', () => {
  const { trace, reported } = start()
  send(trace).finished({ rowCount: 1 })
  trace.end()
  vi.advanceTimersByTime(49)
  expect(reported).toEqual([])
  vi.advanceTimersByTime(1)
  expect(reported).toEqual([trace.finished])
})

test('a query that follows the response belongs to the trace, marked, and keeps it open for another moment', () => {
  const { trace, reported } = start()
  send(trace, 'before').finished({ rowCount: 1 })
  trace.end()
  vi.advanceTimersByTime(40)
  send(trace, 'after').finished({ rowCount: 1 })
  vi.advanceTimersByTime(40)
  expect(reported).toEqual([])
  vi.advanceTimersByTime(10)
  expect(reported[0]?.queries.map(({ sql, afterResponse = false }) => [sql, afterResponse])).toEqual([
    ['before', false],
    ['after', true],
  ])
})

test('a query under way keeps the trace open until it is answered', () => {
  const { trace, reported } = start()
  const query = send(trace)
  trace.end()
  vi.advanceTimersByTime(9_000)
  expect(reported).toEqual([])
  query.finished({ rowCount: 3 })
  vi.advanceTimersByTime(50)
  expect(reported[0]?.queries[0]).toMatchObject({ rows: 3, durationMs: 9_000 })
})

test('a query that is never answered does not keep it open for ever', () => {
  const { trace, reported } = start()
  send(trace)
  trace.end()
  vi.advanceTimersByTime(10_000)
  expect(reported[0]?.queries[0]?.durationMs).toBeUndefined()
})

test('a loop that continues after the response does not keep the trace open', () => {
  const { trace, reported } = start()
  trace.end()
  let sent = 0
  while (reported.length === 0 && sent < 10_000) {
    send(trace).finished({ rowCount: 1 })
    sent++
    vi.advanceTimersByTime(20)
  }
  expect(sent).toBe(10_000 / 20)
})

test('a trace that has closed stays as it was read', () => {
  const { trace, reported } = start()
  const query = send(trace)
  trace.close()
  const before = JSON.stringify(reported[0])
  query.sent(CONNECTION)
  query.received(100)
  query.inTransaction({})
  query.finished({ rowCount: 1, rows: [{ id: 1 }] })
  query.failed('57014')
  expect(trace.startQuery({ sql: 'select 2' })).toBeUndefined()
  expect(JSON.stringify(reported[0])).toBe(before)
})

test('queries beyond the limit are counted, and do not keep the trace open', () => {
  const { trace, reported } = start({ queriesPerTrace: 2 })
  for (let i = 0; i < 5; i++) trace.startQuery({ sql: `select ${i}` })?.finished({ rowCount: 0 })
  trace.end()
  vi.advanceTimersByTime(50)
  expect(reported[0]).toMatchObject({ truncated: 3, queries: [{ sql: 'select 0' }, { sql: 'select 1' }] })
})

test('the outcome of a query is the first one told', () => {
  const { trace } = start()
  const query = send(trace)
  query.failed('ETIMEDOUT')
  query.finished({ rowCount: 7 })
  query.failed('57014')
  expect(trace.queries[0]).toMatchObject({ error: 'ETIMEDOUT' })
  expect(trace.queries[0]?.rows).toBeUndefined()
})

test('connections and transactions are numbered in the order they are met', () => {
  const { trace } = start()
  const [a, b, first, second] = [{}, {}, {}, {}]
  for (const [connection, transaction] of [
    [b, second],
    [a, first],
    [b, second],
  ] as const) {
    const query = trace.startQuery({ sql: 'select 1' })
    query?.sent(connection)
    query?.inTransaction(transaction)
  }
  expect(trace.queries.map(({ connection, transaction }) => [connection, transaction])).toEqual([
    [1, 1],
    [2, 2],
    [1, 1],
  ])
})

function start(limits: { queriesPerTrace?: number } = {}) {
  const profiler = createProfiler({ console: 'off', limits })
  const reported: Trace[] = []
  profiler.on('report', (_report: Report, trace) => reported.push(trace))
  return { trace: coreOf(profiler).startTrace({ kind: 'http', name: 'GET /' }), reported }
}

function send(trace: LiveTrace, sql = 'select 1') {
  const recording = trace.startQuery({ sql })
  if (!recording) throw new Error('the trace takes no query')
  recording.sent(CONNECTION)
  return recording
}
