// Names requests by the patterns of Express. A request is followed through the routers once; after that, its route is known by
// the shape of its path.
import { type Page, pageOfShape } from '../../src/http/page-names.ts'
import type { RequestLike } from '../../src/http/request-like.ts'
import type { RouteNamer } from '../../src/http/route-namer.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { LiveTrace } from '../../src/trace/live-trace.ts'
import { type ExpressRequest, type FlatRoute, FlatRoutes } from './flat-routes.ts'
import { type RouteWatch, watchRoute } from './route-watch.ts'

/** A request that Express did not answer is named by the shape of its path. */
export function expressRoutes(profiler: Profiler): RouteNamer<RouteWatch | FlatRoute> {
  const core = coreOf(profiler)
  const flatRoutes = new FlatRoutes()
  return {
    follow(request, trace) {
      // Comment tags need the name while queries are sent.
      const mayWait = trace.mode === 'counting' && !core.commentTags
      const expected = mayWait ? flatRoutes.of(trace.shape) : undefined
      return expected ?? watchRoute(request, core, (pattern) => nameBy(pattern, trace))
    },
    name(request: RequestLike & ExpressRequest, followed, trace): Page {
      if (!('hear' in followed)) return flatRoutes.pageOf(trace.shape, followed, request)
      const page = followed.page() ?? pageOfShape(trace.shape)
      if (followed.isFlat && trace.counted) flatRoutes.learn(trace.shape, request, page)
      return page
    },
  }
}

function nameBy(pattern: string, trace: LiveTrace): void {
  trace.name = `${trace.labels.method} ${pattern}`
}
