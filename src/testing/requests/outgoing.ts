// Observes each HTTP request of this process twice: when it is created, in the async context of its sender, and when its
// first byte is about to leave, with its socket. `fetch` and undici report both through diagnostics channels. For node:http
// and node:https two methods of ClientRequest are wrapped, which every request passes, even if code took `request` out of the
// module before.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'
import { aroundMethod } from '../../host/replace-method.ts'
import type { SocketLike } from './connections.ts'

interface Socket extends SocketLike {
  connecting?: boolean
  once?(event: 'connect', listener: () => void): unknown
}

/** The used parts of undici's request and of the messages on its channels. */
interface UndiciMessage {
  request: object & { origin?: unknown }
  socket?: Socket
}

/**
 * Calls `sender` for each request when it is created, with the host it goes to, and passes the result to `leaves`. Returns a
 * function that removes the hooks.
 */
export function hearOutgoing<Sender>(
  sender: (host: string) => Sender | undefined,
  leaves: (socket: SocketLike, sender: Sender | undefined) => void,
): () => void {
  const senders = new WeakMap<object, Sender | undefined>()

  const onCreate = (message: unknown) => {
    const { request } = message as UndiciMessage
    senders.set(request, sender(String(request.origin).replace(/^\w+:\/\//, '')))
  }
  const onSend = (message: unknown) => {
    const { request, socket } = message as UndiciMessage
    if (socket) leaves(socket, senders.get(request))
  }
  subscribe('undici:request:create', onCreate)
  subscribe('undici:client:sendHeaders', onSend)

  const sockets = new WeakMap<object, Socket>()
  const announce = (request: object) => {
    const socket = sockets.get(request)
    // The header and the socket may become available in either order. Here both are known.
    if (!socket || !senders.has(request)) return
    if (socket.connecting) socket.once?.('connect', () => leaves(socket, senders.get(request)))
    else leaves(socket, senders.get(request))
  }
  const restore = [
    aroundMethod(ClientRequest.prototype, '_storeHeader', (request, original, args) => {
      if (!senders.has(request)) {
        senders.set(request, sender(hostOf(request)))
        announce(request)
      }
      return Reflect.apply(original, request, args)
    }),
    aroundMethod(ClientRequest.prototype, 'onSocket', (request, original, args) => {
      const [socket] = args
      if (socket && !sockets.has(request)) {
        sockets.set(request, socket as Socket)
        announce(request)
      }
      return Reflect.apply(original, request, args)
    }),
  ]
  return () => {
    unsubscribe('undici:request:create', onCreate)
    unsubscribe('undici:client:sendHeaders', onSend)
    for (const undo of restore) undo()
  }
}

function hostOf(request: object): string {
  const { host } = request as { host?: unknown }
  return String((request as ClientRequest).getHeader('host') ?? host ?? '')
}
