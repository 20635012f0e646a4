// How the route of a request is told. Each framework has a namer of its own.
import type { LiveTrace } from '../trace/live-trace.ts'
import type { Page } from './page-names.ts'
import type { RequestLike } from './request-trace.ts'

export interface RouteNamer<Followed = unknown> {
  /**
   * Called when a request begins. What it returns is handed to `page` at the end. It may name the trace as soon as the route
   * is known, for comment tags.
   */
  follow(request: RequestLike, trace: LiveTrace): Followed
  /** What the request came to, once it is answered; `undefined` names it with a star. */
  page(followed: Followed, request: RequestLike, trace: LiveTrace): Page | undefined
}
