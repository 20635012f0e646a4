// Accepts the connections of processes. The request is the only upgrade that the panel knows: a browser's WebSocket names its
// origin, and is refused for that alone.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Access, Refusal } from './access.ts'

/** Returns whether the connection is accepted. */
export function answerUpgrade(request: IncomingMessage, socket: Duplex, access: Access): boolean {
  const refusal = refusalOf(request, access)
  if (!refusal) {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: pg-loupe\r\n\r\n')
    return true
  }
  const { status, error } = refusal
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(error)}\r\n\r\n${error}`,
    () => socket.destroy(),
  )
  return false
}

function refusalOf(request: IncomingMessage, access: Access): Refusal | undefined {
  const { headers, method, url } = request
  const host = access.refuseHost(request)
  if (host) return host
  if (headers.origin !== undefined) return { status: 403, error: 'No page may connect as a process.' }
  if (method !== 'GET' || url !== '/process' || headers.upgrade?.toLowerCase() !== 'pg-loupe')
    return { status: 400, error: 'The panel knows no such upgrade.' }
  return access.refuseStranger(headers)
}
