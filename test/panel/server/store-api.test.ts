// Questions to a running panel that take a process or a later request to answer.
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ExplainMessage } from '../../../src/panel/messages.ts'
import { finding } from '../../report-builder.ts'
import { each, from, q, trace } from '../../trace-builder.ts'
import { ask, connectProcess, requestsArrived, testPanel, traceMessage } from './panel-fixture.ts'

const loop = trace(
  'GET /orders',
  q('select customer_id from orders', [], { rows: 5 }),
  each([1, 2, 3, 4, 5], (value) =>
    q('select name from customers where id = $1', [value], { rows: 1, ...from(0, 'customer_id', 5) }),
  ),
)
const joined = trace(
  'GET /orders',
  q('select customer_id from orders', [], { rows: 5 }),
  q('select name from customers where id = any($1)', [], { rows: 5 }),
)
const { key } = finding()
const PLAN = [
  { Plan: { 'Node Type': 'Seq Scan', 'Relation Name': 'orders', 'Total Cost': 12, 'Plan Rows': 5 } },
]

test('awaitRequest answers with the first request that matches, also one that is there already', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  const waiting = ask(panel, 'awaitRequest', { after: 0, route: 'GET /b', timeoutMs: 20_000 })
  process.send(traceMessage('trace-0001', trace('GET /a')), traceMessage('trace-0002', trace('GET /b')))
  expect(await waiting).toMatchObject({ id: 'trace-0002' })
  expect(await ask(panel, 'awaitRequest', { after: 0, timeoutMs: 0 })).toMatchObject({ id: 'trace-0001' })
  expect(await ask(panel, 'awaitRequest', { after: 2, timeoutMs: 0 })).toBeNull()
})

test('verify asks for full capture of the route, and answers when a request decides', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', loop, [finding()]))
  await requestsArrived(panel, 1)
  const verifying = panel.api.verify(key, 20_000)
  expect(await process.next()).toMatchObject({ type: 'capture', route: 'GET /orders' })
  process.send(
    traceMessage('trace-0002', trace('GET /other', q('select 1'))),
    traceMessage('trace-0003', trace('GET /orders', q('select customer_id from orders', [], { rows: 0 }))),
    traceMessage('trace-0004', joined),
  )
  expect(await verifying).toMatchObject({ state: 'fixed', request: 'trace-0004' })
})

test('verify says that the finding is still there, that its route did not run, or that nothing decided', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', loop, [finding()]))
  await requestsArrived(panel, 1)
  expect(await panel.api.verify(key, 0)).toMatchObject({ state: 'not_exercised' })
  const again = panel.api.verify(key, 20_000)
  await process.next()
  await process.next()
  process.send(traceMessage('trace-0002', loop, [finding()]))
  expect(await again).toMatchObject({ state: 'still_there', request: 'trace-0002' })
  process.send(
    traceMessage('trace-0003', trace('GET /orders', q('select customer_id from orders', [], { rows: 0 }))),
  )
  await requestsArrived(panel, 3)
  expect(await panel.api.verify(key, 0, 2)).toMatchObject({ state: 'inconclusive', request: 'trace-0003' })
  expect(await panel.api.verify(key, 0, 1)).toMatchObject({ state: 'still_there', request: 'trace-0002' })
  await expect(panel.api.verify('unknown', 0)).rejects.toThrow('List the findings')
})

test('verify without a process says how to start one', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', loop, [finding()]))
  await requestsArrived(panel, 1)
  process.socket.end()
  await untilStatus(panel.api, (status) => status.processes.every(({ isConnected }) => !isConnected))
  expect(await panel.api.verify(key, 0)).toMatchObject({
    state: 'not_exercised',
    reason: expect.stringContaining('pg-loupe dev'),
  })
})

test('a plan is made by the process that sent the statement', async () => {
  const panel = await testPanel()
  await connectProcess(panel, { id: 'process-0' })
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', loop))
  await requestsArrived(panel, 1)
  const explaining = ask(panel, 'explain', 'trace-0001', 1)
  const asked = (await process.next()) as ExplainMessage
  expect(asked).toMatchObject({ type: 'explain', sql: 'select name from customers where id = $1' })
  process.send({ type: 'plan', number: asked.number, plan: PLAN })
  expect(await explaining).toMatchObject({
    sql: 'select name from customers where id = $1',
    plan: { type: 'Seq Scan', relation: 'orders', totalCost: 12, rows: 5 },
    json: PLAN,
  })
})

test('a plan is made by another process of the same folder when the sender has ended', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', loop))
  await requestsArrived(panel, 1)
  process.socket.end()
  await untilStatus(panel.api, (status) => !status.explains)
  await expect(panel.api.explain('trace-0001', 0)).rejects.toThrow('not running')
  await connectProcess(panel, { id: 'elsewhere', folder: '/other' })
  const next = await connectProcess(panel, { id: 'process-2' })
  await untilStatus(panel.api, (status) => status.processes.length === 3)
  const explaining = panel.api.explain('trace-0001', 0)
  const { number } = (await next.next()) as ExplainMessage
  next.send({ type: 'plan', number, error: 'The server is older than 16.' })
  await expect(explaining).rejects.toThrow('older than 16')
})

test('a plan is refused when explaining is off, when the query is unknown, and when the process ends', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel, { explains: false })
  process.send(traceMessage('trace-0001', loop))
  await requestsArrived(panel, 1)
  await expect(panel.api.explain('trace-0001', 0)).rejects.toThrow('--explain')
  await expect(panel.api.explain('trace-0001', 6)).rejects.toThrow('6 captured queries')
  await expect(panel.api.explain('unknown', 0)).rejects.toThrow('no request with this id')
  const other = await connectProcess(panel, { id: 'process-2' })
  await untilStatus(panel.api, (status) => status.explains)
  const explaining = expect(panel.api.explain('trace-0001', 0)).rejects.toThrow('ended before it answered')
  await other.next()
  other.socket.destroy()
  await explaining
})

test('the answer of another process for a plan is ignored', async () => {
  const panel = await testPanel()
  const liar = await connectProcess(panel, { id: 'process-0' })
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', loop))
  await requestsArrived(panel, 1)
  const explaining = panel.api.explain('trace-0001', 0)
  const { number } = (await process.next()) as ExplainMessage
  liar.send(
    { type: 'plan', number, plan: [{ Plan: { 'Node Type': 'Lie' } }] },
    traceMessage('trace-0002', joined),
  )
  await requestsArrived(panel, 2)
  process.send({ type: 'plan', number, plan: PLAN })
  expect(await explaining).toMatchObject({ plan: { type: 'Seq Scan' } })
})

test('capture reaches every process, and fails when there is none', async () => {
  const panel = await testPanel()
  expect(await ask(panel, 'capture', 'GET /orders', 1)).toMatchObject({
    error: expect.stringContaining('No process'),
  })
  const [one, other] = [await connectProcess(panel), await connectProcess(panel, { id: 'process-2' })]
  await untilStatus(panel.api, (status) => status.processes.length === 2)
  await ask(panel, 'capture', 'GET /orders', 1)
  for (const process of [one, other])
    expect(await process.next()).toEqual({ type: 'capture', route: 'GET /orders', traces: 1 })
})

test('requests are filtered and paged, newest first, or oldest first after a number', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.send(
    traceMessage('trace-0001', loop, [finding()]),
    traceMessage('trace-0002', trace('GET /other')),
    traceMessage('trace-0003', joined),
    {
      type: 'counted',
      id: 'trace-0004',
      kind: 'http',
      name: 'GET /orders',
      labels: { status: '500', aborted: 'true' },
      startedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 3,
      queries: 2,
      databaseMs: 1,
    },
  )
  await requestsArrived(panel, 4)
  const numbers = async (filter = {}) => (await panel.api.requests(filter)).map(({ number }) => number)
  expect(await numbers()).toEqual([4, 3, 2, 1])
  expect(await numbers({ route: 'GET /orders', limit: 2 })).toEqual([4, 3])
  expect(await numbers({ route: 'GET /orders', before: 4 })).toEqual([3, 1])
  expect(await numbers({ after: 1 })).toEqual([2, 3, 4])
  expect(await numbers({ hasFindings: true })).toEqual([1])
  expect(await numbers({ text: 'orders 500' })).toEqual([4])
  expect(await panel.api.requests({ limit: 1 })).toMatchObject([
    { capture: 'counted', status: 500, aborted: true, hasTrace: false },
  ])
  await expect(panel.api.request('trace-0004')).rejects.toThrow('only counted')
  expect(await panel.api.compare('trace-0001', 'trace-0003')).toMatchObject({
    queries: { before: 6, after: 2 },
    findings: { gone: [{ key }] },
  })
})

/** Connections end when the operating system says so. */
async function untilStatus<Status>(
  api: { status(): Promise<Status> },
  isReached: (status: Status) => boolean,
): Promise<void> {
  while (!isReached(await api.status())) await setTimeout(5)
}
