// Remembers the routes on no mounted router by the shape of their paths: for them it is enough to read the `route` of the
// request at its end. To follow a request through the routers makes it an object that is slow to read, for Express and for
// Node.js too, so this is done once for each shape.
import type { Page } from '../../src/http/page-names.ts'

const KEPT_SHAPES = 1000
/** The page of a request that reached another route than the one that its shape leads to. */
const UNEXPECTED: Page = { path: '*', isShape: false }

/** The properties that Express sets on a request. */
export interface ExpressRequest {
  readonly route?: unknown
  readonly baseUrl?: string
}

export interface FlatRoute {
  readonly page: Page
  /** The values on the request when it ends. */
  readonly route: unknown
  readonly baseUrl: string | undefined
}

export class FlatRoutes {
  /** `undefined` for a shape that leads to several routes. */
  readonly #ofShape = new Map<string, FlatRoute | undefined>()

  of(shape: string): FlatRoute | undefined {
    return this.#ofShape.get(shape)
  }

  /** Called after a request was followed and passed no mounted router. */
  learn(shape: string, { route, baseUrl }: ExpressRequest, page: Page): void {
    const hasNoRoute = route === undefined && baseUrl !== undefined
    if (baseUrl || hasNoRoute || this.#ofShape.has(shape) || this.#ofShape.size >= KEPT_SHAPES) return
    this.#ofShape.set(shape, { page, route, baseUrl })
  }

  /** The page of a request that was not followed. */
  pageOf(shape: string, expected: FlatRoute, { route, baseUrl }: ExpressRequest): Page {
    if (route === expected.route && baseUrl === expected.baseUrl) return expected.page
    // A request that was turned away or given up before it reached its route tells nothing about other requests.
    if (route !== undefined) this.#ofShape.set(shape, undefined)
    return UNEXPECTED
  }
}
