// Routes that are known by the shape of a path: those on no mounted router, where nothing but the request's `route` has to be
// read once it is answered. To follow it through the routers, as it has to be done once, makes the request an object that
// is slow to read, for Express and Node.js too.
import type { Page } from '../../src/http/page-names.ts'

const KEPT_SHAPES = 1000

/** What Express puts on a request. */
export interface ExpressRequest {
  readonly route?: unknown
  readonly baseUrl?: string
}

export interface FlatRoute {
  readonly page: Page
  /** As they are on the request at the end. */
  readonly route: unknown
  readonly baseUrl: string | undefined
}

export class FlatRoutes {
  /** `undefined` for a shape that leads to several. */
  readonly #ofShape = new Map<string, FlatRoute | undefined>()

  of(shape: string): FlatRoute | undefined {
    return this.#ofShape.get(shape)
  }

  /** A request was followed, and came to no mounted router. */
  learn(shape: string, { route, baseUrl }: ExpressRequest, page: Page): void {
    const hasNoRoute = route === undefined && baseUrl !== undefined
    if (baseUrl || hasNoRoute || this.#ofShape.has(shape) || this.#ofShape.size >= KEPT_SHAPES) return
    this.#ofShape.set(shape, { page, route, baseUrl })
  }

  /** The page of a request that was not followed; `undefined` where it went another way than was expected. */
  pageOf(shape: string, expected: FlatRoute, { route, baseUrl }: ExpressRequest): Page | undefined {
    if (route === expected.route && baseUrl === expected.baseUrl) return expected.page
    // One that was turned away, or given up, before it came to its route says nothing of the others.
    if (route !== undefined) this.#ofShape.set(shape, undefined)
    return undefined
  }
}
