// Both ends of the connections within this process. A client's socket and the server's have the same two addresses, the
// other way round; while a connection lives, no other has this pair.

/** What is needed of a socket; those of node:net and node:tls have it. */
export interface SocketLike {
  localAddress?: string | undefined
  localPort?: number | undefined
  remoteAddress?: string | undefined
  remotePort?: number | undefined
}

export interface Connections<Sent> {
  /** A request leaves over the client's socket; `undefined` is one that nobody asks for. */
  sent(socket: SocketLike, request: Sent | undefined): void
  /** The request that has come over the server's socket: the first of those that are on their way. */
  arrived(socket: SocketLike): Sent | undefined
}

export function pairedConnections<Sent>(): Connections<Sent> {
  // Several where a client sends the next request before the first is answered.
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

/** One end may be told its IPv4 address in the form of IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:/i, '')
}
