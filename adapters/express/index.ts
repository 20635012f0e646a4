// pg-loupe/express: a trace per request, named by the pattern of its route. The pattern is noted as Express walks the
// routers, because none of it can be relied on at the end: Express takes `baseUrl` back when a handler passes an error
// on, and the response's events run outside of the request's context.
import type { RequestLike, ResponseLike } from '../../src/http/request-trace.ts'
import { traceRequests } from '../../src/http/trace-requests.ts'
import { assertProfiler, defaultProfiler } from '../../src/profiler/default-profiler.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { setupWatch, setupWatchFor } from '../observe/tell-setup.ts'
import { expressRoutes } from './express-routes.ts'

export type { RequestLike, ResponseLike }

type Middleware = (request: RequestLike, response: ResponseLike, next: (error?: unknown) => void) => void

/**
 * Middleware that traces each request. Put it before the routes.
 *
 * @throws TypeError when it is given something that is no profiler.
 */
export function profileRequests(profiler: Profiler = defaultProfiler()): Middleware {
  assertProfiler(profiler, 'profileRequests')
  if (profiler.enabled) setupWatchFor(profiler)?.middlewareMade(profiler)
  return traceRequests(profiler, {
    namer: expressRoutes(profiler),
    onRequest: () => setupWatch()?.requestTraced(profiler),
  })
}
