// A running panel on a free port, and connections to it as a process and as raw bytes.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished, vi } from 'vitest'
import type { PanelMessage, PanelProcess, ProcessMessage, TraceMessage } from '../../../src/panel/messages.ts'
import { parsePanelAddress } from '../../../src/panel/panel-address.ts'
import { type PanelOptions, type RunningPanel, startPanel } from '../../../src/panel/server/start-panel.ts'
import type { Finding } from '../../../src/types/finding.ts'
import type { Trace } from '../../../src/types/trace.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { panelPlaces } from '../panel-places.ts'

export interface TestPanel extends RunningPanel {
  port: number
  token: string
}

export async function testPanel(options: PanelOptions = {}): Promise<TestPanel> {
  // The panels of the developer who runs these tests stay unknown to them, and these panels to the developer's processes.
  for (const [name, value] of Object.entries(panelPlaces(temporaryFolder()))) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const panel = await startPanel({ port: 0, ...options })
  onTestFinished(() => panel.close())
  const { port, token } = parsePanelAddress(panel.address)
  return { ...panel, port, token }
}

/** Sends bytes as they are, and returns everything that came back until the connection ended. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes
  })
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return answer
}

/** An HTTP request whose answer ends the connection. */
export function request(
  { port }: TestPanel,
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<string> {
  const given = { Host: `127.0.0.1:${port}`, ...headers, Connection: 'close' }
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}`)
  return sendRaw(port, [`${line} HTTP/1.1`, ...lines, ...length, '', body].join('\r\n'))
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
}

/** Asks as a command does. */
export async function ask(panel: TestPanel, method: string, ...given: unknown[]): Promise<unknown> {
  const answer = await fetch(`${panel.url}api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${panel.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(given),
  })
  return answer.json()
}

export interface TestProcess {
  socket: Socket
  /** Resolves with the next message of the panel. */
  next(): Promise<PanelMessage>
  send(...messages: ProcessMessage[]): void
}

export async function connectProcess(
  panel: TestPanel,
  over: Partial<PanelProcess> = {},
): Promise<TestProcess> {
  const socket = connect(panel.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(
    `GET /process HTTP/1.1\r\nHost: 127.0.0.1:${panel.port}\r\nConnection: Upgrade\r\nUpgrade: pg-loupe\r\nAuthorization: Bearer ${panel.token}\r\n\r\n`,
  )
  const [head] = (await once(socket, 'data')) as [Buffer]
  if (!head.toString().startsWith('HTTP/1.1 101')) throw new Error(head.toString())
  const received: PanelMessage[] = []
  let wake = () => {}
  let rest = ''
  socket.on('data', (bytes) => {
    const lines = `${rest}${bytes}`.split('\n')
    rest = lines.pop() ?? ''
    received.push(...lines.map((line) => JSON.parse(line) as PanelMessage))
    wake()
  })
  const send = (...messages: ProcessMessage[]) => {
    socket.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
  }
  send({ type: 'hello', protocol: 1, process: processFacts(over) })
  const next = async (): Promise<PanelMessage> => {
    const message = received.shift()
    if (message) return message
    await new Promise<void>((resolve) => {
      wake = resolve
    })
    return next()
  }
  return { socket, next, send }
}

export function processFacts(over: Partial<PanelProcess> = {}): PanelProcess {
  return {
    id: 'process-1',
    pid: 123,
    thread: 0,
    program: 'server.ts',
    folder: '/home/me/shop',
    startedAt: '2026-01-01T00:00:00.000Z',
    nodeVersion: 'v22.0.0',
    version: '0.1.0',
    explains: true,
    ...over,
  }
}

export function traceMessage(id: string, trace: Trace, findings: readonly Finding[] = []): TraceMessage {
  return {
    type: 'trace',
    id,
    trace: { startedAt: '2026-01-01T00:00:01.000Z', durationMs: 12, labels: { status: '200' }, ...trace },
    findings,
  }
}

/** Waits until the panel knows as many requests. */
export async function requestsArrived({ api }: RunningPanel, newest: number): Promise<void> {
  await api.awaitRequest({ after: newest - 1, timeoutMs: 20_000 })
}
