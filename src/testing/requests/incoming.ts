// Hears of each HTTP request that a server of this process gets, before anybody answers it, and runs its listeners in the
// trace it is to have, which ends with the response: a server without a middleware of ours is then seen too.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Server } from 'node:http'
import { Server as SecureServer } from 'node:https'
import { replaceMethod } from '../../host/replace-method.ts'
import { replacePrototypeMethod } from '../../host/replace-prototype-method.ts'
import type { ContextStore } from '../../trace/context.ts'
import type { LiveTrace } from '../../trace/live-trace.ts'
import type { SocketLike } from './connections.ts'
import { isWithin } from './is-within.ts'

interface Home {
  trace: LiveTrace
  context: ContextStore<LiveTrace>
  /** The response has been sent, or given up. */
  end(status: number): void
}

interface Hooks {
  arrived(request: object, socket: SocketLike): void
  /** The trace of the request; `undefined` leaves it alone. */
  traceOf(request: object): Home | undefined
}

/** Listeners for the others get the request instead of those for `request`. */
const REQUEST_EVENTS: ReadonlySet<unknown> = new Set(['request', 'checkContinue', 'checkExpectation'])

/** Returns the function that takes the hooks away. */
export function hearIncoming({ arrived, traceOf }: Hooks): () => void {
  const onStart = (message: unknown) => {
    const { request, socket } = message as { request: object; socket: SocketLike }
    arrived(request, socket)
  }
  subscribe('http.server.request.start', onStart)
  const restore = [Server.prototype, SecureServer.prototype].map((prototype) =>
    replacePrototypeMethod(prototype, 'emit', (server, original, args) => {
      const [event, request, response] = args
      const call = () => Reflect.apply(original, server, args)
      const home = REQUEST_EVENTS.has(event) && request ? traceOf(request as object) : undefined
      if (!home) return call()
      keepContext(request as object, home)
      keepContext(response as object, home, () => home.end((response as { statusCode: number }).statusCode))
      return home.context.run(home.trace, call)
    }),
  )
  return () => {
    unsubscribe('http.server.request.start', onStart)
    for (const undo of restore) undo()
  }
}

/** A response that is sent emits the first, one that is given up the second. */
const END_EVENTS: ReadonlySet<unknown> = new Set(['finish', 'close'])

/** Events of a request come from its socket. A trace inside ours, of a middleware, is left as it is. */
function keepContext(emitter: object, { trace, context }: Home, onEnd?: () => void): void {
  replaceMethod(emitter, 'emit', (call) => (...args: unknown[]) => {
    if (END_EVENTS.has(args[0])) onEnd?.()
    const isHome = trace.closed || isWithin(context.get(), trace)
    return isHome ? call(args) : context.run(trace, () => call(args))
  })
}
