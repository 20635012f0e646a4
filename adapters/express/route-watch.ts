// Follows the routers of Express that a request passes, and says how far it came, as a pattern. It hears of it through the
// properties that Express sets; the accessors are the same for all requests, because with accessors of its own each request
// would be an object of its own kind to V8, and everything that reads requests would become slow.

import type { Profiler } from '../../src/profiler.ts'

/** What is needed of a request; without `baseUrl` it is none of Express. */
interface Watched {
  params?: unknown
  baseUrl?: string
  route?: unknown
  [WATCH]?: RouteWatch
}

/** Not private: an object that is made of a request finds it too. */
const WATCH = Symbol.for('pg-loupe route')

/** Follows a request from now on, if nothing follows it yet; `hear` is told as soon as a route takes it. */
export function watchRoute(given: object, profiler: Profiler, hear: (pattern: string) => void): RouteWatch {
  const request: Watched = given
  const known = request[WATCH]
  if (known) {
    known.hear(hear)
    return known
  }
  const watch = new RouteWatch(request, profiler)
  watch.hear(hear)
  Object.defineProperty(request, WATCH, { value: watch })
  Object.defineProperty(request, 'baseUrl', BASE_URL)
  Object.defineProperty(request, 'route', ROUTE)
  return watch
}

/** To everybody else they stay plain properties. */
const BASE_URL: PropertyDescriptor = {
  configurable: true,
  enumerable: true,
  get(this: { [WATCH]: RouteWatch }) {
    return this[WATCH].baseUrl
  },
  set(this: { [WATCH]: RouteWatch }, value: unknown) {
    this[WATCH].told('baseUrl', value)
  },
}
const ROUTE: PropertyDescriptor = {
  configurable: true,
  enumerable: true,
  get(this: { [WATCH]: RouteWatch }) {
    return this[WATCH].route
  },
  set(this: { [WATCH]: RouteWatch }, value: unknown) {
    this[WATCH].told('route', value)
  },
}

export class RouteWatch {
  baseUrl: unknown
  route: unknown
  readonly #profiler: Pick<Profiler, 'countInternalError'>
  readonly #start: unknown
  readonly #request: Watched
  #isExpress: boolean
  /** The pattern of each `baseUrl` the request has had. */
  #patterns: Map<unknown, string> | undefined
  #reached: string | undefined
  #deepest = ''
  #listeners: ((pattern: string) => void)[] = []

  constructor(request: Watched, profiler: Pick<Profiler, 'countInternalError'>) {
    this.#request = request
    this.#profiler = profiler
    this.#start = request.baseUrl
    this.baseUrl = request.baseUrl
    this.route = request.route
    this.#isExpress = request.baseUrl !== undefined
    if (request.baseUrl) this.#patterns = new Map([[request.baseUrl, request.baseUrl]])
  }

  /** It has passed no mounted router. */
  get isFlat(): boolean {
    return !this.#start && this.#deepest === ''
  }

  hear(listener: (pattern: string) => void): void {
    this.#listeners.push(listener)
  }

  /** The pattern of the route, or of the last router, that the request came to; `undefined` without Express. */
  reached(): string | undefined {
    if (this.#reached !== undefined) return this.#reached
    if (!this.#isExpress) return undefined
    return this.#deepest ? `${this.#patternOf(this.#deepest)}/*` : '*'
  }

  /** The application, or Express, sets a property of the request: it must not hear of an error of ours. */
  told(property: 'baseUrl' | 'route', value: unknown): void {
    const before = this.baseUrl
    this[property] = value
    try {
      if (property === 'route') this.#noteRoute(value)
      else this.#noteBaseUrl(value, before)
    } catch (error) {
      this.#profiler.countInternalError(error)
    }
  }

  #noteBaseUrl(baseUrl: unknown, before: unknown): void {
    this.#isExpress = true
    if (typeof baseUrl !== 'string' || baseUrl === '' || this.#patterns?.has(baseUrl)) return
    const parent = typeof before === 'string' && baseUrl.startsWith(before) ? before : ''
    const own = toPattern(baseUrl.slice(parent.length), this.#request.params)
    this.#patterns ??= new Map()
    this.#patterns.set(baseUrl, (this.#patternOf(parent) ?? parent) + own)
    this.#deepest = baseUrl
  }

  #noteRoute(route: unknown): void {
    const reached = `${this.#patternOf(this.baseUrl ?? '') ?? ''}${pathOf(route as Route | undefined)}`
    this.#reached = (reached.length > 1 && reached.endsWith('/') ? reached.slice(0, -1) : reached) || '/'
    for (const listener of this.#listeners) listener(this.#reached)
  }

  #patternOf(baseUrl: unknown): string | undefined {
    return baseUrl === '' ? '' : this.#patterns?.get(baseUrl)
  }
}

/**
 * `/users/42` with the parameters `{ id: '42' }` is `/users/:id`; each parameter stands once, fixed parts come first. What
 * was mounted by a regular expression has no parameters, so what looks like a value is taken for one.
 */
function toPattern(path: string, params: unknown): string {
  const segments = path.split('/')
  for (const [name, value] of Object.entries(params ?? {})) {
    const position = segments.findLastIndex((segment) => segment !== '' && decode(segment) === value)
    if (position >= 0) segments[position] = `:${name}`
  }
  return segments.map((segment) => (VALUE.test(segment) ? '*' : segment)).join('/')
}

/** `/v10`, `/oauth2` and `/s3` are names; three digits are an id or a date, and so is what is long or encoded. */
const VALUE = /^(?!:)(?:(?:\D*\d){3}|.*[%@]|.{41})/

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

interface Route {
  path?: unknown
}

function pathOf(route: Route | undefined): string {
  const { path } = route ?? {}
  return Array.isArray(path) ? path.map(String).join('|') : String(path ?? '')
}
