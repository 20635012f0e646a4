// The limits of what the panel keeps, and the states of findings over time.
import { expect, test } from 'vitest'
import type { CountedMessage, TraceMessage } from '../../../src/panel/messages.ts'
import { type PanelLimits, PanelStore } from '../../../src/panel/server/panel-store.ts'
import type { Finding } from '../../../src/types/finding.ts'
import { finding } from '../../report-builder.ts'
import { each, from, q, trace } from '../../trace-builder.ts'
import { processFacts, traceMessage } from './panel-fixture.ts'

const CUSTOMER = 'select name from customers where id = $1'
const loop = (count: number) =>
  trace(
    'GET /orders',
    q('select customer_id from orders', [], { rows: count }),
    each(
      Array.from({ length: count }, (_, index) => index),
      (value) =>
        q(CUSTOMER, [value], { rows: 1, ...from(0, 'customer_id', count), at: 'src/orders.ts:41 list' }),
    ),
  )
const joined = trace(
  'GET /orders',
  q('select customer_id from orders', [], { rows: 5 }),
  q('select name from customers where id = any($1)', [], { rows: 5 }),
)

class Kept {
  readonly store: PanelStore
  #count = 0

  constructor(limits: Partial<PanelLimits> = {}) {
    this.store = new PanelStore(limits)
    this.start('process-1')
  }

  start(id: string, over = {}): void {
    this.store.processes.connect(processFacts({ id, ...over }), this.store.newest)
  }

  add(
    message: Omit<TraceMessage, 'id'> | TraceMessage['trace'],
    found: readonly Finding[] = [],
    process = 'process-1',
  ) {
    const id = `trace-${String(++this.#count).padStart(4, '0')}`
    const whole = 'type' in message ? { ...message, id } : traceMessage(id, message, found)
    this.store.addTrace(whole, Buffer.from(JSON.stringify(whole)), process)
    return id
  }

  count(over: Partial<CountedMessage> = {}): string {
    const id = `trace-${String(++this.#count).padStart(4, '0')}`
    const facts = {
      kind: 'http',
      name: 'GET /orders',
      labels: {},
      startedAt: '',
      durationMs: 1,
      queries: 2,
      databaseMs: 1,
    } as const
    this.store.addCounted({ type: 'counted', id, ...facts, ...over }, 'process-1')
    return id
  }
}

const numbers = ({ store }: Kept) => [...store.requests.before(store.newest + 1)].map(({ number }) => number)

test('the oldest rows are displaced and counted, and pinned ones stay', () => {
  const kept = new Kept({ requests: 3 })
  const first = kept.add(joined)
  kept.store.pin(first, true)
  for (let count = 0; count < 5; count++) kept.add(joined)
  expect(numbers(kept)).toEqual([6, 5, 4, 1])
  expect([...kept.store.requests.after(3)].map(({ number }) => number)).toEqual([4, 5, 6])
  expect(kept.store.status()).toMatchObject({ requests: 4, traces: 4, dropped: { requests: 2, traces: 2 } })
  expect(kept.store.read(first).trace.queries).toHaveLength(2)
  kept.store.pin(first, false)
  expect(numbers(kept)).toEqual([6, 5, 4])
})

test('rows stay in order after thousands of them', () => {
  const kept = new Kept({ requests: 100 })
  for (let count = 0; count < 5000; count++) kept.count()
  expect(numbers(kept)).toEqual(Array.from({ length: 100 }, (_, index) => 5000 - index))
  expect([...kept.store.requests.after(4998)].map(({ number }) => number)).toEqual([4999, 5000])
  expect([...kept.store.requests.before(4902)].map(({ number }) => number)).toEqual([4901])
})

test('the oldest traces are displaced by their bytes, and the row says that its trace is gone', () => {
  const size = JSON.stringify(traceMessage('trace-0001', joined)).length
  const kept = new Kept({ traceBytes: 2 * size })
  const ids = [kept.add(joined), kept.add(joined), kept.add(joined)] as const
  expect(kept.store.status()).toMatchObject({
    traces: 2,
    bytes: 2 * size,
    dropped: { traces: 1, requests: 0 },
  })
  expect(kept.store.row(ids[0]).hasTrace).toBe(false)
  expect(() => kept.store.read(ids[0])).toThrow('displaced')
  expect(kept.store.read(ids[2]).request.hasTrace).toBe(true)
})

test('a trace that alone is larger than the limit is listed without its queries', () => {
  const kept = new Kept({ traceBytes: 100 })
  const id = kept.add(joined, [finding()])
  expect(kept.store.row(id)).toMatchObject({
    hasTrace: false,
    queries: 2,
    findings: [{ key: finding().key }],
  })
})

test('pins are limited by count and by bytes, and what was refused is not pinned', () => {
  const size = JSON.stringify(traceMessage('trace-0001', joined)).length
  const few = new Kept({ pins: 1 })
  few.store.pin(few.add(joined), true)
  const second = few.add(joined)
  expect(() => few.store.pin(second, true)).toThrow('Unpin one')
  const small = new Kept({ pinnedBytes: size - 1 })
  const id = small.add(joined)
  expect(() => small.store.pin(id, true)).toThrow('Unpin one')
  expect(small.store.row(id).pinned).toBeUndefined()
  expect(small.store.read(id).trace.queries).toHaveLength(2)
})

test('findings are merged by their key, with their frequency', () => {
  const kept = new Kept()
  kept.add(joined)
  kept.add(loop(5), [finding()])
  const latest = kept.add(loop(7), [finding({ title: 'N+1: 7 queries' })])
  kept.count()
  expect(kept.store.findings.all()).toMatchObject([
    {
      finding: { title: 'N+1: 7 queries' },
      requests: 2,
      ofRequests: 3,
      latest,
      status: { state: 'still_there' },
    },
  ])
})

test('the finding that was not seen for the longest time is displaced', () => {
  const kept = new Kept({ findings: 2 })
  for (const key of ['a', 'b', 'a', 'c']) kept.add(loop(5), [finding({ key })])
  expect(kept.store.findings.all().map((row) => row.finding.key)).toEqual(['a', 'c'])
  expect(kept.store.status().dropped.findings).toBe(1)
})

test('a finding becomes fixed by a conclusive request, and is still there when it shows again', () => {
  const kept = new Kept()
  const found = finding({ route: 'GET /orders' })
  kept.add(loop(5), [found])
  const fixed = kept.add(joined)
  expect(kept.store.findings.get(found.key)?.status).toMatchObject({ state: 'fixed', request: fixed })
  kept.count()
  kept.add(loop(1))
  expect(kept.store.findings.get(found.key)?.status).toMatchObject({ state: 'fixed', request: fixed })
  const again = kept.add(loop(5), [found])
  expect(kept.store.findings.get(found.key)?.status).toMatchObject({ state: 'still_there', request: again })
})

test('a request that proves nothing leaves a finding as it was', () => {
  const kept = new Kept()
  const shown = kept.add(loop(5), [finding()])
  kept.add(loop(1))
  kept.count()
  kept.add({ ...joined, truncated: 3 })
  expect(kept.store.findings.get(finding().key)?.status).toMatchObject({
    state: 'still_there',
    request: shown,
  })
})

test('a route with many open findings needs several requests to judge all of them', () => {
  const kept = new Kept()
  const many = Array.from({ length: 50 }, (_, index) => finding({ key: `${finding().key}${index}` }))
  kept.add(loop(5), many)
  const fixedAfter = () => {
    kept.add(joined)
    return kept.store.findings.all().filter(({ status }) => status.state === 'fixed').length
  }
  expect([fixedAfter(), fixedAfter(), fixedAfter()]).toEqual([20, 40, 50])
})

test('after a restart a finding is not exercised, then inconclusive, then fixed', () => {
  const kept = new Kept()
  const statusOf = () => kept.store.findings.get(finding().key)?.status
  kept.add(loop(5), [finding()])
  kept.start('another', { program: 'worker.ts' })
  expect(statusOf()?.state).toBe('still_there')
  kept.store.processes.disconnect('process-1')
  kept.start('process-2')
  expect(statusOf()).toEqual({
    state: 'not_exercised',
    reason: 'Its route did not run since the restart of the application.',
  })
  kept.count()
  expect(statusOf()).toMatchObject({ state: 'inconclusive', request: 'trace-0002' })
  kept.add(loop(1), [], 'process-2')
  expect(statusOf()).toMatchObject({ state: 'inconclusive', request: 'trace-0003' })
  kept.add(joined, [], 'process-2')
  expect(statusOf()).toMatchObject({ state: 'fixed', request: 'trace-0004' })
})

test('a trace that was sent twice is counted once', () => {
  const kept = new Kept()
  const message = traceMessage('trace-0001', joined, [finding()])
  const line = Buffer.from(JSON.stringify(message))
  kept.store.addTrace(message, line, 'process-1')
  kept.store.addTrace(message, line, 'process-1')
  expect(kept.store.status()).toMatchObject({ requests: 1, traces: 1, newest: 1 })
})
