// A process that says whatever a test wants the panel to hear.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { PANEL_PROTOCOL, type PanelProcess, type ProcessMessage } from '../../../src/panel/messages.ts'
import { parsePanelAddress } from '../../../src/panel/panel-address.ts'
import { createProfiler } from '../../../src/profiler/profiler.ts'
import type { Trace } from '../../../src/types/trace.ts'

export interface FakeProcess {
  send(message: ProcessMessage): void
  /** Sends a trace with its findings, and without the values by which they were found. */
  sendTrace(id: string, trace: Trace): void
  close(): void
}

export async function connectProcess(
  address: string,
  process: Partial<PanelProcess> = {},
): Promise<FakeProcess> {
  const { host, port, token } = parsePanelAddress(address)
  const socket = connect(port, host)
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(
    `GET /process HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: pg-loupe\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  const [answer] = await once(socket, 'data')
  if (!String(answer).startsWith('HTTP/1.1 101')) throw new Error(`the panel refused a process: ${answer}`)
  const send = (message: ProcessMessage) => {
    socket.write(`${JSON.stringify(message)}\n`)
  }
  send({
    type: 'hello',
    protocol: PANEL_PROTOCOL,
    process: {
      id: randomUUID(),
      pid: 1,
      thread: 0,
      program: 'server.js',
      folder: '/srv/application',
      startedAt: new Date().toISOString(),
      nodeVersion: 'v24.0.0',
      version: '0.0.0',
      explains: false,
      ...process,
    },
  })
  return {
    send,
    sendTrace(id, trace) {
      const { findings } = createProfiler().analyze([trace])
      const queries = trace.queries.map(({ params: _, ...query }) => query)
      send({ type: 'trace', id, trace: { ...trace, queries }, findings })
    },
    close: () => socket.destroy(),
  }
}
