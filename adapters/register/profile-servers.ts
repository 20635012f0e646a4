// A trace for each request of every node:http and node:https server in the process. A server hands out a request by
// emitting it, so the trace begins there and everything the listeners do is in it.
import { Server } from 'node:http'
import { Server as SecureServer } from 'node:https'
import { aroundMethod } from '../../src/host/replace-method.ts'
import type { RequestLike, ResponseLike } from '../../src/http/request-trace.ts'
import { traceRequests } from '../../src/http/trace-requests.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { expressRoutes } from '../express/express-routes.ts'
import { setupWatch } from '../observe/tell-setup.ts'

/** A listener for `checkContinue` gets the request instead; it may emit it as `request` then. */
const REQUEST_EVENTS: ReadonlySet<unknown> = new Set(['request', 'checkContinue'])

export function profileServers(profiler: Profiler): void {
  // An application that has a profiler of its own traces its requests itself.
  const begin = traceRequests(profiler, {
    namer: expressRoutes(profiler),
    isStandIn: true,
    onRequest: () => setupWatch()?.requestTraced(profiler),
  })
  for (const { prototype } of [Server, SecureServer]) {
    aroundMethod(prototype, 'emit', (server, original, args) => {
      const [event, request, response] = args
      if (!REQUEST_EVENTS.has(event)) return Reflect.apply(original, server, args)
      let heard: unknown = false
      begin(request as RequestLike, response as ResponseLike, () => {
        heard = Reflect.apply(original, server, args)
      })
      return heard
    })
  }
}
