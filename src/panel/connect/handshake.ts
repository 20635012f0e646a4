// The handshake with the panel: a request of HTTP for an upgrade, so that the panel needs one port, and one check of its token.
// It is written by hand because node:http is traced by tracing libraries and keeps agents of its own.
import type { PanelAddress } from '../panel-address.ts'

/** The name of the protocol in the header `Upgrade`. */
const PROTOCOL_NAME = 'pg-loupe'
/** A panel answers with a few short headers. */
const LONGEST_ANSWER = 8192
const HEADERS_END = '\r\n\r\n'

export function upgradeRequest({ url, token }: PanelAddress): string {
  const lines = [
    'GET /process HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Connection: Upgrade',
    `Upgrade: ${PROTOCOL_NAME}`,
    `Authorization: Bearer ${token}`,
  ]
  return `${lines.join('\r\n')}${HEADERS_END}`
}

/** When the panel took the connection, `rest` are the bytes after its answer. Otherwise `status` is that of its refusal. */
export type Answer = { isAccepted: true; rest: Buffer } | { isAccepted: false; status: number | undefined }

/** Returns a function that takes each portion of bytes and returns the answer once it is complete. */
export function readAnswer(): (bytes: Buffer) => Answer | undefined {
  let received = Buffer.alloc(0)
  return (bytes) => {
    received = Buffer.concat([received, bytes])
    const end = received.indexOf(HEADERS_END)
    if (end < 0)
      return received.length > LONGEST_ANSWER ? { isAccepted: false, status: undefined } : undefined
    const [statusLine = '', ...headers] = received.toString('latin1', 0, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1] ?? Number.NaN)
    const isPanel = headers.some((header) => header.toLowerCase() === `upgrade: ${PROTOCOL_NAME}`)
    if (status === 101 && isPanel)
      return { isAccepted: true, rest: received.subarray(end + HEADERS_END.length) }
    return { isAccepted: false, status: Number.isNaN(status) ? undefined : status }
  }
}
