import type { LiveTrace } from '../trace/live-trace.ts'
import type { Page } from './page-names.ts'
import type { RequestLike } from './request-like.ts'

/**
 * Tells the route of a request, so that all requests of one route have one name: `GET /orders/:id`. Each framework has a route
 * namer of its own; nothing else in `src/http` knows a framework.
 */
export interface RouteNamer<Followed = unknown> {
  /**
   * The pattern of the route that has answered the request, such as `/orders/:id`. It is asked for when the response has been
   * sent or given up. `undefined` when this namer does not know the request: the shape of its path then names it.
   * A namer that knows only the shape of a part of the path returns a `Page`.
   */
  name(request: RequestLike, followed: Followed, trace: LiveTrace): string | Page | undefined
  /**
   * Called when the trace of a request starts, before the framework gets the request. A namer needs this only when the route
   * cannot be read at the end; the result is passed to `name`. It may also set `trace.name` as soon as the route is known,
   * which comment tags need while queries are sent.
   */
  follow?(request: RequestLike, trace: LiveTrace): Followed
}
