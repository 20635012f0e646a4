// A process that sends something else than messages: the panel counts it and goes on.
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { finding, HOSTILE, hostileFinding } from '../../report-builder.ts'
import { q, trace } from '../../trace-builder.ts'
import {
  ask,
  connectProcess,
  processFacts,
  requestsArrived,
  testPanel,
  traceMessage,
} from './panel-fixture.ts'

const good = traceMessage('trace-good', trace('GET /orders', q('select 1')))
const { trace: goodTrace } = good
const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]))

const BAD: readonly [string, string][] = [
  ['no JSON', '{"type":"trace"'],
  ['bytes', '\u0000\u0001\ufffd'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a number', '1e999'],
  ['an unknown type', '{"type":"__proto__"}'],
  ['a trace without queries', '{"type":"trace","id":"trace-0001","trace":{},"findings":[]}'],
  ['a trace of another version', JSON.stringify({ ...good, trace: { ...goodTrace, v: 2 } })],
  ['an id that is an address', JSON.stringify({ ...good, id: '../../etc/passwd' })],
  ['an id that is too long', JSON.stringify({ ...good, id: 'a'.repeat(65) })],
  ['a name that is too long', JSON.stringify({ ...good, trace: { ...goodTrace, name: 'a'.repeat(1000) } })],
  ['queries that are texts', JSON.stringify({ ...good, trace: { ...goodTrace, queries: ['select 1'] } })],
  ['findings that are texts', JSON.stringify({ ...good, findings: ['n-plus-one'] })],
  ['a hundred thousand labels', JSON.stringify({ ...good, trace: { ...goodTrace, labels: keys } })],
  [
    'labels that are no texts',
    '{"type":"trace","id":"trace-0001","trace":{"v":1,"labels":{"a":{"toString":1}},"queries":[]},"findings":[]}',
  ],
  [
    'a value from a later query',
    JSON.stringify({
      ...good,
      trace: { ...goodTrace, queries: [{ sql: 'a', flow: [{ param: 0, query: 5, column: 'id' }] }] },
    }),
  ],
  ['a negative count', '{"type":"dropped","traces":-1}'],
  [
    'a time that is infinite',
    '{"type":"counted","id":"trace-0001","kind":"http","name":"a","labels":{},"startedAt":"","durationMs":1e999,"queries":1,"databaseMs":1}',
  ],
  [
    'brackets in brackets',
    `{"type":"trace","id":"trace-0001","trace":{"v":1,"queries":[]},"findings":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ],
]

test.each(BAD)('%s is counted and skipped, and the next message is read', async (_name, line) => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.socket.write(`${line}\n`)
  process.send(good)
  await requestsArrived(panel, 1)
  expect(await ask(panel, 'status')).toMatchObject({ requests: 1, dropped: { unreadable: 1 } })
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('fields that nobody knows are not kept, also if there are a million', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.socket.write(`${JSON.stringify({ ...good, more: keys, trace: { ...goodTrace, more: keys } })}\n`)
  await requestsArrived(panel, 1)
  const answer = JSON.stringify(await ask(panel, 'request', 'trace-good'))
  expect(answer.length).toBeLessThan(1000)
})

test('a line that is too long is skipped while it arrives', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  const part = Buffer.alloc(1024 * 1024, 'a')
  for (let sent = 0; sent <= 33; sent++) if (!process.socket.write(part)) await once(process.socket, 'drain')
  process.socket.write('\n')
  process.send(good)
  await requestsArrived(panel, 1)
  expect(await ask(panel, 'status')).toMatchObject({ dropped: { unreadable: 1 } })
})

test('a message in many small parts is read', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  const bytes = Buffer.from(`${JSON.stringify({ ...good, trace: { ...goodTrace, name: 'GET /€' } })}\n`)
  for (const byte of bytes) process.socket.write(Buffer.of(byte))
  await requestsArrived(panel, 1)
  expect(await ask(panel, 'requests')).toMatchObject([{ route: 'GET /€' }])
})

test('hostile texts arrive unchanged as data', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', trace(HOSTILE, q(HOSTILE)), [hostileFinding()]))
  await requestsArrived(panel, 1)
  expect(await ask(panel, 'finding', hostileFinding().key)).toMatchObject({ finding: { title: HOSTILE } })
  expect(await ask(panel, 'request', 'trace-0001')).toMatchObject({ trace: { name: HOSTILE } })
})

test('a process that sends something before its greeting is disconnected', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel, { id: '' })
  await once(process.socket, 'close')
  expect(await panel.api.status()).toMatchObject({ processes: [] })
})

test('a greeting of another version is refused', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel, { pid: -1 })
  await once(process.socket, 'close')
})

test('a second greeting brings news of the process, and none of another one', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel, { explains: false })
  process.send({ type: 'hello', protocol: 1, process: processFacts({ explains: true }) }, good)
  await requestsArrived(panel, 1)
  expect(await panel.api.status()).toMatchObject({ explains: true, processes: [{ explains: true }] })
  process.send({ type: 'hello', protocol: 1, process: processFacts({ id: 'process-2' }) })
  await once(process.socket, 'close')
})

test('a hundred findings of a trace are kept, and one that is too large is not', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  const many = Array.from({ length: 150 }, (_, index) => finding({ key: `key ${index}` }))
  const large = finding({ key: 'large', detail: 'x'.repeat(200_000) })
  process.send(traceMessage('trace-0001', goodTrace, [large, ...many]))
  await requestsArrived(panel, 1)
  const found = await panel.api.findings()
  expect(found).toHaveLength(99)
  expect(found.some((row) => row.finding.key === 'large')).toBe(false)
})

test('processes come and go, and one that connects again takes the place of its former connection', async () => {
  const panel = await testPanel()
  const first = await connectProcess(panel)
  first.send({ type: 'dropped', traces: 3 }, good)
  await requestsArrived(panel, 1)
  const second = await connectProcess(panel)
  await once(first.socket, 'close')
  second.send(traceMessage('trace-0002', goodTrace))
  await requestsArrived(panel, 2)
  expect(await panel.api.status()).toMatchObject({
    processes: [{ id: 'process-1', isConnected: true, dropped: 3 }],
    dropped: { unsent: 3 },
  })
})
