// Traces each request to every node:http and node:https server in the process. A server passes a request on by emitting it, so
// the trace begins there and contains everything that the listeners do.
import { Server } from 'node:http'
import { Server as SecureServer } from 'node:https'
import { aroundMethod } from '../../src/host/replace-method.ts'
import { firstNamer } from '../../src/http/first-namer.ts'
import type { RequestLike, ResponseLike } from '../../src/http/request-like.ts'
import { traceRequests } from '../../src/http/trace-requests.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { setupWatch } from '../observe/tell-setup.ts'
import { LIBRARIES } from './libraries.ts'

/** A listener for `checkContinue` gets the request first, and may emit it as `request` then. */
const REQUEST_EVENTS: ReadonlySet<unknown> = new Set(['request', 'checkContinue'])

export function profileServers(profiler: Profiler): void {
  // An application that has a profiler of its own traces its requests itself.
  const trace = traceRequests(profiler, {
    namer: firstNamer(LIBRARIES.flatMap((library) => library.routes?.(profiler) ?? [])),
    isStandIn: true,
    onRequest: () => setupWatch()?.requestTraced(profiler),
  })
  for (const { prototype } of [Server, SecureServer]) {
    aroundMethod(prototype, 'emit', (server, original, args) => {
      const [event, request, response] = args
      if (!REQUEST_EVENTS.has(event)) return Reflect.apply(original, server, args)
      return trace(request as RequestLike, response as ResponseLike, () =>
        Reflect.apply(original, server, args),
      )
    })
  }
}
