// Tests that the connection to the panel survives whatever the panel does, and that the cost is a count.
import { AsyncLocalStorage } from 'node:async_hooks'
import { Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  type ConnectionSettings,
  connectToPanel,
  type PanelConnection,
} from '../../../src/panel/connect/connection.ts'
import {
  type CountedMessage,
  type HelloMessage,
  LONGEST_MESSAGE_BYTES,
  LONGEST_REQUEST_BYTES,
  type TraceMessage,
} from '../../../src/panel/messages.ts'
import type { PanelAddress } from '../../../src/panel/panel-address.ts'
import { q, trace } from '../../trace-builder.ts'
import { ACCEPTED, type TinyPanel, tinyPanel } from './tiny-panel.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const close of closers.splice(0).reverse()) await close()
})

const hello = (): HelloMessage => ({
  type: 'hello',
  protocol: 1,
  process: {
    id: 'process-1',
    pid: 1,
    thread: 0,
    program: 'app.js',
    folder: '/app',
    startedAt: '2026-01-01T00:00:00.000Z',
    nodeVersion: '20.0.0',
    version: '0.0.0',
    explains: false,
  },
})

const counted = (id: string): CountedMessage => ({
  type: 'counted',
  id,
  kind: 'job',
  name: 'job',
  labels: {},
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
  queries: 1,
  databaseMs: 1,
})

const traced = (id: string, queries: number, sql = 'select 1'): TraceMessage => ({
  type: 'trace',
  id,
  trace: trace('job', ...Array.from({ length: queries }, (_, number) => q(`${sql} + ${number}`))),
  findings: [],
})

async function panelNow(): Promise<TinyPanel> {
  const panel = await tinyPanel()
  closers.push(() => panel.close())
  return panel
}

function connect(
  findPanel: () => PanelAddress | undefined,
  more: Partial<ConnectionSettings> = {},
): PanelConnection & { errors: unknown[] } {
  const errors: unknown[] = []
  const connection = connectToPanel({
    findPanel,
    hello,
    onMessage: () => {},
    onRefused: () => {},
    countError: (error) => errors.push(error),
    folder: '/app',
    ...more,
    timings: { retryMs: 1, longestRetryMs: 20, ...more.timings },
  })
  closers.push(connection.close)
  return Object.defineProperty(connection as PanelConnection & { errors: unknown[] }, 'errors', {
    value: errors,
  })
}

const seen = (panel: TinyPanel, id: string) =>
  panel.until(
    (message) => (message.type === 'counted' || message.type === 'trace') && message.id === id && message,
  )
const droppedBy = (panel: TinyPanel) =>
  panel.messages.reduce((sum, message) => sum + (message.type === 'dropped' ? message.traces : 0), 0)

test('messages that were sent before the panel runs arrive in their order, after hello', async () => {
  let address: PanelAddress | undefined
  const connection = connect(() => address)
  for (const id of ['a', 'b', 'c']) connection.send(counted(id))
  const panel = await panelNow()
  address = panel.address
  await seen(panel, 'c')
  expect(panel.messages).toEqual([hello(), counted('a'), counted('b'), counted('c')])
  expect(connection.connectedTo).toEqual(panel.address)
})

test('a panel that was restarted with another address is found again', async () => {
  const first = await panelNow()
  let { address } = first
  const connection = connect(() => address)
  connection.send(counted('before'))
  await seen(first, 'before')
  const second = await panelNow()
  ;({ address } = second)
  await first.close()
  await vi.waitFor(() => expect(connection.connectedTo).toEqual(second.address), { timeout: 20_000 })
  connection.send(counted('after'))
  await seen(second, 'after')
  expect(second.messages[0]).toEqual(hello())
  expect(connection.errors).toEqual([])
})

test('a panel that refuses gets no message, and is asked again', async () => {
  const panel = await panelNow()
  const refused: unknown[] = []
  panel.onUpgrade = (socket) => socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
  const connection = connect(() => panel.address, { onRefused: (status) => refused.push(status) })
  connection.send(counted('a'))
  await vi.waitFor(() => expect(refused.length).toBeGreaterThan(1), { timeout: 20_000 })
  expect(connection.connectedTo).toBeUndefined()
  expect(refused[0]).toBe(401)
  panel.onUpgrade = undefined
  await seen(panel, 'a')
})

test.each([
  ['answers nothing', () => {}],
  [
    'is another server that accepts upgrades',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
  ],
  ['answers with something else than HTTP', 'SSH-2.0-OpenSSH_9.2p1\r\n\r\n'],
  ['answers with endless headers', 'x'.repeat(100_000)],
])('a server that %s gets nothing but the handshake', async (_what, answer) => {
  const panel = await panelNow()
  const received: Buffer[] = []
  panel.onUpgrade = (socket) => {
    socket.on('data', (bytes) => received.push(bytes))
    if (typeof answer === 'string') socket.write(answer)
  }
  const connection = connect(() => panel.address, { timings: { answerMs: 50 } })
  connection.send(counted('a'))
  await vi.waitFor(() => expect(panel.requests.length).toBeGreaterThan(2), { timeout: 20_000 })
  expect(received).toEqual([])
  panel.onUpgrade = undefined
  await seen(panel, 'a')
})

test.each([
  ['garbage', 'garbage\n'],
  ['a message that does not exist', '{"type":"exit"}\n'],
  ['more traces than may be asked for', '{"type":"capture","traces":1000000}\n'],
  ['a line that is too long', `"${'x'.repeat(LONGEST_REQUEST_BYTES)}"\n`],
  ['a line that never ends', 'x'.repeat(2 * LONGEST_REQUEST_BYTES)],
])('a panel that sends %s costs a count and a new connection', async (_what, line) => {
  const panel = await panelNow()
  const onMessage = vi.fn()
  const connection = connect(() => panel.address, { onMessage })
  await panel.until(({ type }) => type === 'hello')
  panel.sockets[0]?.write(line)
  // A line that never ends is told from a long one only when it ends.
  panel.sockets[0]?.write('\n')
  await vi.waitFor(() => expect(panel.requests.length).toBeGreaterThan(1), { timeout: 20_000 })
  connection.send(counted('a'))
  await seen(panel, 'a')
  expect(onMessage).not.toHaveBeenCalled()
  expect(connection.errors.length).toBeGreaterThan(0)
})

test('requests of the panel arrive, also in the packet of its acceptance', async () => {
  const panel = await panelNow()
  const asked: unknown[] = []
  panel.onUpgrade = (socket) => {
    socket.write(`${ACCEPTED}{"type":"capture","route":"GET /","traces":2}\n{"type":"expl`)
    socket.write('ain","number":3,"sql":"select 1"}\n')
  }
  connect(() => panel.address, { onMessage: (message) => asked.push(message) })
  await vi.waitFor(() => expect(asked).toHaveLength(2), { timeout: 20_000 })
  expect(asked).toEqual([
    { type: 'capture', route: 'GET /', traces: 2 },
    { type: 'explain', number: 3, sql: 'select 1' },
  ])
})

test('an answer does not reach a panel that did not ask', async () => {
  const panel = await panelNow()
  const answers: (() => void)[] = []
  const connection = connect(() => panel.address, {
    onMessage: (_message, answer) => answers.push(() => answer({ type: 'plan', number: 1 })),
  })
  await panel.until(({ type }) => type === 'hello')
  panel.send({ type: 'explain', number: 1, sql: 'select 1' })
  await vi.waitFor(() => expect(answers).toHaveLength(1), { timeout: 20_000 })
  panel.sockets[0]?.destroy()
  await vi.waitFor(() => expect(panel.requests).toHaveLength(2), { timeout: 20_000 })
  await vi.waitFor(() => expect(connection.connectedTo).toBeDefined(), { timeout: 20_000 })
  answers[0]?.()
  connection.send(counted('a'))
  await seen(panel, 'a')
  expect(panel.messages.filter(({ type }) => type === 'plan')).toEqual([])
})

describe('a panel that takes too little', () => {
  test('is left when it takes nothing, and the application keeps a limited number of traces for the next one', async () => {
    const panel = await panelNow()
    panel.onUpgrade = (socket) => {
      socket.write(ACCEPTED)
      socket.pause()
    }
    const connection = connect(() => panel.address, { timings: { stallMs: 50 } })
    await vi.waitFor(() => expect(connection.connectedTo).toBeDefined(), { timeout: 20_000 })
    const big = 'x'.repeat(90_000)
    for (let number = 0; number < 400; number++) connection.send(traced(`t${number}`, 2, big))
    await vi.waitFor(() => expect(panel.requests.length).toBeGreaterThan(1), { timeout: 20_000 })
    panel.onUpgrade = undefined
    for (const socket of panel.sockets) socket.destroy()
    await seen(panel, 't399')
    expect(panel.messages.filter(({ type }) => type === 'trace').length).toBeLessThan(150)
    expect(connection.errors).toEqual([])
  })

  test('gets the newest traces, in their order, and the number of older ones that were dropped', async () => {
    let address: PanelAddress | undefined
    const connection = connect(() => address)
    for (let number = 0; number < 200; number++)
      connection.send(traced(`t${number}`, 1, 'x'.repeat(90_000) + number))
    connection.send(traced('large', 10_000))
    connection.send(counted('last'))
    const panel = await panelNow()
    address = panel.address
    await seen(panel, 'last')
    const ids = panel.messages.flatMap((message) => ('id' in message ? [message.id] : []))
    const dropped = droppedBy(panel)
    expect(dropped).toBeGreaterThan(50)
    expect(panel.messages[1]).toEqual({ type: 'dropped', traces: dropped })
    const kept = Array.from({ length: 200 - dropped }, (_, number) => `t${dropped + number}`)
    expect(ids).toEqual([...kept, 'large', 'last'])
  })

  test('never gets a line that is longer than the longest one', async () => {
    const panel = await panelNow()
    const connection = connect(() => panel.address)
    const sql = '"\n'.repeat(45_000)
    connection.send(traced('too-large', Math.ceil(LONGEST_MESSAGE_BYTES / sql.length / 2) + 1, sql))
    // Nothing else waits, so only its length is a reason to drop it.
    await panel.until(({ type }) => type === 'dropped')
    connection.send(counted('a'))
    await seen(panel, 'a')
    expect(panel.messages).toEqual([hello(), { type: 'dropped', traces: 1 }, counted('a')])
  })
})

test('a trace that the connection broke off counts as dropped', async () => {
  const panel = await panelNow()
  panel.onUpgrade = (socket) => {
    socket.write(ACCEPTED)
    socket.once('data', () =>
      socket.once('data', () => {
        panel.onUpgrade = undefined
        socket.destroy()
      }),
    )
  }
  const connection = connect(() => panel.address)
  await vi.waitFor(() => expect(connection.connectedTo).toBeDefined(), { timeout: 20_000 })
  connection.send(traced('broken', 20_000, 'x'.repeat(1000)))
  await panel.until(({ type }) => type === 'hello')
  connection.send(counted('a'))
  await seen(panel, 'a')
  expect(panel.messages.slice(1)).toEqual([{ type: 'dropped', traces: 1 }, counted('a')])
})

test('the application continues while a large trace is written', async () => {
  const panel = await panelNow()
  const connection = connect(() => panel.address)
  await vi.waitFor(() => expect(connection.connectedTo).toBeDefined(), { timeout: 20_000 })
  let turns = 0
  let isOver = false
  const turn = () => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  connection.send(traced('large', 10_000, 'select name from customers where id = 7'))
  turn()
  expect(await seen(panel, 'large')).toMatchObject({ trace: { queries: { length: 10_000 } } })
  isOver = true
  expect(turns).toBeGreaterThan(10)
})

test('the connection belongs to no context of the application, and keeps none', async () => {
  const panel = await panelNow()
  const storage = new AsyncLocalStorage<string>()
  const stores: unknown[] = []
  const connection = storage.run('request', () =>
    connect(
      () => {
        stores.push(storage.getStore())
        return panel.address
      },
      { onMessage: () => stores.push(storage.getStore()) },
    ),
  )
  await panel.until(({ type }) => type === 'hello')
  panel.send({ type: 'capture', traces: 1 })
  await vi.waitFor(() => expect(stores).toHaveLength(2), { timeout: 20_000 })
  storage.run('request', () => connection.send(counted('a')))
  await seen(panel, 'a')
  panel.sockets[0]?.destroy()
  await vi.waitFor(() => expect(stores).toHaveLength(3), { timeout: 20_000 })
  expect(stores).toEqual([undefined, undefined, undefined])
})

test('a tracing library that has replaced connect does not see the connection', async () => {
  const panel = await panelNow()
  const original = Socket.prototype.connect
  const replacement = vi.fn(original)
  Socket.prototype.connect = Object.assign(replacement, { __original: original }) as never
  try {
    connect(() => panel.address)
    await panel.until(({ type }) => type === 'hello')
    expect(replacement).not.toHaveBeenCalled()
  } finally {
    Socket.prototype.connect = original
  }
})
