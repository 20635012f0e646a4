// A running panel as processes, commands and its page see it.
import { expect, test } from 'vitest'
import { findingTitle } from '../../../src/report/finding-title.ts'
import { finding } from '../../report-builder.ts'
import { q, trace } from '../../trace-builder.ts'
import { ask, connectProcess, requestsArrived, testPanel, traceMessage } from './panel-fixture.ts'

const orders = trace('GET /orders', q('select id from orders'), q('select name from customers where id = $1'))

test('a trace of a process becomes a row, a request and a finding', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', orders, [finding()]))
  await requestsArrived(panel, 1)
  expect(await ask(panel, 'requests')).toMatchObject([
    {
      id: 'trace-0001',
      number: 1,
      route: 'GET /orders',
      status: 200,
      process: 'process-1',
      queries: 2,
      capture: 'full',
      findings: [{ key: finding().key, title: findingTitle(finding()) }],
      hasTrace: true,
    },
  ])
  expect(await ask(panel, 'request', 'trace-0001')).toMatchObject({
    trace: { name: 'GET /orders', queries: [{ sql: 'select id from orders' }, {}] },
    findings: [finding()],
  })
  expect(await ask(panel, 'findings')).toMatchObject([
    {
      status: { state: 'still_there', request: 'trace-0001' },
      requests: 1,
      ofRequests: 1,
      latest: 'trace-0001',
    },
  ])
  expect(await ask(panel, 'routes')).toMatchObject([{ name: 'GET /orders', traces: 1 }])
  expect(await ask(panel, 'status')).toMatchObject({
    newest: 1,
    traces: 1,
    processes: [{ isConnected: true }],
  })
})
