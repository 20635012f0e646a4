// pg-loupe/express: traces each request and names it by the pattern of its route. The pattern is noted while Express walks the
// routers, because nothing of it is reliable at the end: Express resets `baseUrl` when a handler passes an error on, and the
// events of the response run outside of the context of the request.
import type { RequestLike, ResponseLike } from '../../src/http/request-like.ts'
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
 * @throws TypeError when the argument is no profiler.
 */
export function profileRequests(profiler: Profiler = defaultProfiler()): Middleware {
  assertProfiler(profiler, 'profileRequests')
  if (profiler.enabled) setupWatchFor(profiler)?.middlewareMade(profiler)
  return traceRequests(profiler, {
    namer: expressRoutes(profiler),
    onRequest: () => setupWatch()?.requestTraced(profiler),
  })
}
