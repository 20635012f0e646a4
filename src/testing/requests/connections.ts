// Matches both ends of the connections within this process. The sockets of client and server have the same two addresses in
// reverse order, and no other connection has this pair while it is open.

/** The used part of a socket, which those of node:net and node:tls provide. */
export interface SocketLike {
  localAddress?: string | undefined
  localPort?: number | undefined
  remoteAddress?: string | undefined
  remotePort?: number | undefined
}

export interface Connections<Sent> {
  /** A request leaves through the client's socket. A `sender` of `undefined` belongs to no assertion. */
  sent(socket: SocketLike, request: Sent | undefined): void
  /** The sender of the request that arrived at the server's socket: the earliest that is still under way. */
  arrived(socket: SocketLike): Sent | undefined
}

export function pairedConnections<Sent>(): Connections<Sent> {
  // The queue has several entries when a client sends the next request before the answer to the first.
  const underWay = new Map<string, (Sent | undefined)[]>()
  return {
    sent({ localAddress, localPort, remoteAddress, remotePort }, request) {
      const pair = nameOf(localAddress, localPort, remoteAddress, remotePort)
      if (pair === undefined) return
      const queue = underWay.get(pair)
      if (queue) queue.push(request)
      else underWay.set(pair, [request])
    },
    arrived({ localAddress, localPort, remoteAddress, remotePort }) {
      const pair = nameOf(remoteAddress, remotePort, localAddress, localPort)
      const queue = pair === undefined ? undefined : underWay.get(pair)
      const request = queue?.shift()
      if (pair !== undefined && queue?.length === 0) underWay.delete(pair)
      return request
    },
  }
}

/** A socket without ports (a Unix socket, a tunnel) has no pair. */
function nameOf(
  fromAddress: string | undefined,
  fromPort: number | undefined,
  toAddress: string | undefined,
  toPort: number | undefined,
): string | undefined {
  if (!fromAddress || !fromPort || !toAddress || !toPort) return undefined
  return `${plain(fromAddress)} ${fromPort} ${plain(toAddress)} ${toPort}`
}

/** One end may have its IPv4 address in IPv6 form. */
function plain(address: string): string {
  return address.replace(/^::ffff:/i, '')
}
