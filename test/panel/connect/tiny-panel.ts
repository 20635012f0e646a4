// The smallest server that speaks with profiled processes as the panel does, and that can be made to misbehave.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { cutLines } from '../../../src/panel/cut-lines.ts'
import { LONGEST_MESSAGE_BYTES, type PanelMessage, type ProcessMessage } from '../../../src/panel/messages.ts'
import { type PanelAddress, panelAddress } from '../../../src/panel/panel-address.ts'

const TOKEN = 'a-token-that-nobody-guesses'
const ACCEPTED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: pg-loupe\r\n\r\n'

export interface TinyPanel {
  readonly address: PanelAddress
  /** The requests for an upgrade, with their headers. */
  readonly requests: IncomingMessage[]
  readonly messages: ProcessMessage[]
  readonly sockets: Socket[]
  /** Called in place of the acceptance. */
  onUpgrade: ((socket: Duplex, request: IncomingMessage) => void) | undefined
  send(message: PanelMessage): void
  /** Resolves with the first message, of those that came or will come, for which `find` gives something. */
  until<Found>(find: (message: ProcessMessage) => Found | undefined | false): Promise<Found>
  close(): Promise<void>
}

export async function tinyPanel(port = 0): Promise<TinyPanel> {
  const listeners = new Set<() => void>()
  const server = createServer()
  const panel: Omit<TinyPanel, 'address'> = {
    requests: [],
    messages: [],
    sockets: [],
    onUpgrade: undefined,
    send: (message) => panel.sockets.at(-1)?.write(`${JSON.stringify(message)}\n`),
    until: (find) =>
      new Promise((resolve) => {
        const look = () => {
          for (const message of panel.messages) {
            const found = find(message)
            if (found === undefined || found === false) continue
            listeners.delete(look)
            resolve(found)
            return
          }
        }
        listeners.add(look)
        look()
      }),
    async close() {
      for (const socket of panel.sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  server.on('upgrade', (request, socket, head) => {
    panel.requests.push(request)
    panel.sockets.push(socket as Socket)
    socket.on('error', () => {})
    if (panel.onUpgrade) return panel.onUpgrade(socket, request)
    socket.write(ACCEPTED)
    const read = cutLines(
      {
        line: (line) => {
          panel.messages.push(JSON.parse(line.toString()))
          for (const look of listeners) look()
        },
        skipped: () => {
          throw new Error('a line is too long')
        },
      },
      LONGEST_MESSAGE_BYTES,
    )
    if (head.length > 0) read(head)
    socket.on('data', read)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = panelAddress('127.0.0.1', (server.address() as AddressInfo).port, TOKEN)
  return Object.assign(panel, { address })
}

export { ACCEPTED }
