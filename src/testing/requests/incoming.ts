// Observes each HTTP request that arrives at a server of this process, before it is answered, and runs its listeners in a
// trace that ends with the response. A server without pg-loupe's middleware is therefore seen too.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Server } from 'node:http'
import { Server as SecureServer } from 'node:https'
import { aroundMethod } from '../../host/replace-method.ts'
import type { ProfilerCore } from '../../profiler/profiler-core.ts'
import type { LiveTrace } from '../../trace/live-trace.ts'
import type { SocketLike } from './connections.ts'
import { isWithin } from './is-within.ts'

interface Home {
  trace: LiveTrace
  core: ProfilerCore
  /** Called when the response has been sent or the connection was closed. */
  end(status: number): void
}

interface Hooks {
  arrived(request: object, socket: SocketLike): void
  /** Returns the trace for the request, or `undefined` to leave the request alone. */
  traceOf(request: object): Home | undefined
}

/** For the last two events, listeners receive the request instead of those for `request`. */
const REQUEST_EVENTS: ReadonlySet<unknown> = new Set(['request', 'checkContinue', 'checkExpectation'])

/** Returns a function that removes the hooks. */
export function hearIncoming({ arrived, traceOf }: Hooks): () => void {
  const onStart = (message: unknown) => {
    const { request, socket } = message as { request: object; socket: SocketLike }
    arrived(request, socket)
  }
  subscribe('http.server.request.start', onStart)
  const restore = [Server.prototype, SecureServer.prototype].map((prototype) =>
    aroundMethod(prototype, 'emit', (server, original, args) => {
      const [event, request, response] = args
      const call = () => Reflect.apply(original, server, args)
      const home = REQUEST_EVENTS.has(event) && request ? traceOf(request as object) : undefined
      if (!home) return call()
      keepContext(request as object, home)
      keepContext(response as object, home, () => home.end((response as { statusCode: number }).statusCode))
      return home.trace.run(call)
    }),
  )
  return () => {
    unsubscribe('http.server.request.start', onStart)
    for (const undo of restore) undo()
  }
}

/** A response emits the first when it is sent, and the second when it is aborted. */
const END_EVENTS: ReadonlySet<unknown> = new Set(['finish', 'close'])

/**
 * Events of a request are emitted by its socket, outside of the trace. A trace of a middleware inside of ours is left
 * unchanged.
 */
function keepContext(emitter: object, { trace, core }: Home, onEnd?: () => void): void {
  aroundMethod(emitter, 'emit', (_emitter, original, args) => {
    if (END_EVENTS.has(args[0])) onEnd?.()
    const isHome = trace.closed || isWithin(core.currentTrace(), trace)
    const call = () => Reflect.apply(original, emitter, args)
    return isHome ? call() : trace.run(call)
  })
}
