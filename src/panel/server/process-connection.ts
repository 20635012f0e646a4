// The connection of one process, after its request was accepted: it greets first, then sends its traces. Lines that cannot be
// read are counted and skipped.
import type { Duplex } from 'node:stream'
import { clearTimeout, setTimeout } from '../../host/real-time.ts'
import { cutLines } from '../cut-lines.ts'
import { LONGEST_MESSAGE_BYTES, type ProcessMessage } from '../messages.ts'
import type { ConnectedProcesses } from './connected-processes.ts'
import type { PanelStore } from './panel-store.ts'
import { readMessage } from './read-message.ts'

/** A process greets in the same moment. Anything else holds a connection for nothing. */
const GREETING_MS = 10_000

/** `head` is the part of the first lines that arrived together with the request. */
export function serveProcess(
  socket: Duplex,
  head: Buffer,
  { store, connected }: { store: PanelStore; connected: ConnectedProcesses },
): void {
  let id: string | undefined
  const greeting = setTimeout(() => socket.destroy(), GREETING_MS).unref()

  const greet = (message: ProcessMessage | undefined) => {
    if (message?.type !== 'hello' || (id !== undefined && id !== message.process.id)) return socket.destroy()
    clearTimeout(greeting)
    if (!store.processes.connect(message.process, store.newest)) return socket.destroy()
    id = message.process.id
    connected.add(message.process, socket)
    store.tellStatus()
    store.tellFindings()
  }

  const take = (line: Buffer) => {
    if (socket.destroyed) return
    const message = readMessage(line)
    if (id === undefined || message?.type === 'hello') return greet(message)
    if (!message) return store.countUnreadable()
    if (message.type === 'trace') store.addTrace(message, line, id)
    else if (message.type === 'counted') store.addCounted(message, id)
    else if (message.type === 'dropped') store.countUnsent(id, message.traces)
    else connected.answer(message, id)
  }

  const end = () => {
    clearTimeout(greeting)
    if (id === undefined || !connected.remove(id, socket)) return
    store.processes.disconnect(id)
    store.tellStatus()
  }

  const read = cutLines({ line: take, skipped: () => store.countUnreadable() }, LONGEST_MESSAGE_BYTES)
  socket.on('data', read)
  socket.on('error', () => socket.destroy())
  socket.once('end', () => socket.end())
  socket.once('close', end)
  if (head.length > 0) read(head)
}
