// Finds connections to a PostgreSQL server that no known driver has opened: those of a pg inside a bundle, which is no module that
// could be found, or of another driver. A connection is recognised by the first bytes that it sends, not by its port, and its
// opener by the stack. Only the first write of each socket is read.
import { Socket } from 'node:net'
import { aroundMethod } from '../../src/host/replace-method.ts'
import type { UnknownConnection } from '../../src/setup/setup-facts.ts'
import { lookAtStack, type StackLook } from './look-at-stack.ts'
import { quietly } from './quietly.ts'

export interface WatchedConnections {
  all(): readonly UnknownConnection[]
  undo(): void
}

/** The number of sockets that are examined, and of different origins that are kept. */
const MOST_SOCKETS = 200
const MOST_ORIGINS = 10

/** `onChange` is called for each further connection. */
export function watchConnections(onChange: () => void): WatchedConnections {
  const found = new Map<string, UnknownConnection>()
  let sockets = 0

  const note = ({ place, packages: [first] }: StackLook) => {
    const key = first?.name ?? ''
    const known = found.get(key)
    if (!known && found.size >= MOST_ORIGINS) return
    found.set(key, {
      usedBy: first?.name,
      place: known?.place ?? place,
      connections: (known?.connections ?? 0) + 1,
    })
    onChange()
  }
  const listen = quietly((socket: Socket, below: (...args: never[]) => unknown) => {
    const look = lookAtStack(below)
    // The driver can be found, or a test runner has loaded it.
    if (look.hasDriver) return
    const undo = aroundMethod(socket, 'write', (_socket, original, args) => {
      undo()
      quietly(() => {
        if (isStartOfPostgres(args[0])) note(look)
      })()
      return Reflect.apply(original, socket, args)
    })
  })
  const undo = aroundMethod(Socket.prototype, 'connect', (socket, original, args, below) => {
    // Listen afterwards, because Node.js restores its own `write` when a socket connects.
    const result = Reflect.apply(original, socket, args)
    if (++sockets <= MOST_SOCKETS) listen(socket as Socket, below)
    return result
  })
  return { all: () => [...found.values()], undo }
}

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
/** The major version of the protocol, in the upper half of a number whose lower half is the minor one. */
const PROTOCOL = 3

/** A start message has its length first, then the version of the protocol or a request for encryption. */
function isStartOfPostgres(data: unknown): boolean {
  if (!(data instanceof Uint8Array) || data.length < 8) return false
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const code = view.getUint32(4)
  if (code === SSL_REQUEST || code === GSS_REQUEST) return view.getUint32(0) === 8
  return code >>> 16 === PROTOCOL && view.getUint32(0) === data.length
}
