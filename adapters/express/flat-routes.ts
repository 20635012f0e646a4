// Routes that are known by the shape of a path: those on no mounted router, where nothing but the request's `route` has to be
// read once it is answered. To follow it through the routers, as it has to be done once, makes the request an object that
// is slow to read, for Express and Node.js too.
import type { RequestLike } from './request-trace.ts'

const KEPT_SHAPES = 1000

interface FlatRoute {
  readonly name: string
  /** As they are on the request at the end. */
  readonly route: unknown
  readonly baseUrl: string | undefined
}

export class FlatRoutes {
  /** `undefined` for a shape that leads to several. */
  readonly #ofShape = new Map<string, FlatRoute | undefined>()

  has(shape: string): boolean {
    return this.#ofShape.get(shape) !== undefined
  }

  /** A request was followed, and came to no mounted router. */
  learn(shape: string, { route, baseUrl }: RequestLike, name: string): void {
    if (baseUrl || this.#ofShape.has(shape) || this.#ofShape.size >= KEPT_SHAPES) return
    this.#ofShape.set(shape, { name, route, baseUrl })
  }

  /** The name of a request that was not followed; `undefined` where it went another way than those before. */
  nameOf(shape: string, { route, baseUrl }: RequestLike): string | undefined {
    const known = this.#ofShape.get(shape)
    if (known && known.route === route && known.baseUrl === baseUrl) return known.name
    this.#ofShape.set(shape, undefined)
    return undefined
  }
}
