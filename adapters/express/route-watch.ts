// Follows a request through the routers of Express and tells how far it came, as a pattern. Accessors note the properties that
// Express sets on the request. They are the same functions for all requests: with accessors of its own, each request would have
// a hidden class of its own in V8, and all code that reads requests would become slow.

import type { Page } from '../../src/http/page-names.ts'
import { pathShape } from '../../src/http/path-shape.ts'
import type { Recorder } from '../../src/profiler/recorder.ts'

/** The properties that are used of a request. A request without `baseUrl` does not come from Express. */
interface Watched {
  params?: unknown
  baseUrl?: string
  route?: unknown
  readonly url?: string
  readonly originalUrl?: string
  [WATCH]?: RouteWatch
}

/** A property instead of a private field, so that an object with the request as its prototype has the watch too. */
const WATCH = Symbol.for('pg-loupe route')

/** Follows a request from now on, unless it is followed already. `hear` is called when a route takes the request. */
type ErrorCounter = Pick<Recorder, 'countInternalError'>

export function watchRoute(
  given: object,
  recorder: ErrorCounter,
  hear: (pattern: string) => void,
): RouteWatch {
  const request: Watched = given
  const known = request[WATCH]
  if (known) {
    known.hear(hear)
    return known
  }
  const watch = new RouteWatch(request, recorder)
  watch.hear(hear)
  Object.defineProperty(request, WATCH, { value: watch })
  Object.defineProperty(request, 'baseUrl', BASE_URL)
  Object.defineProperty(request, 'route', ROUTE)
  return watch
}

/** For all other code these remain plain properties. */
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
  readonly #recorder: ErrorCounter
  readonly #start: unknown
  readonly #request: Watched
  #isExpress: boolean
  /** The pattern of each `baseUrl` the request has had. */
  #patterns: Map<unknown, string> | undefined
  #reached: string | undefined
  /** The pattern of the route matches every path. */
  #isWild = false
  #deepest = ''
  #listeners: ((pattern: string) => void)[] = []

  constructor(request: Watched, recorder: ErrorCounter) {
    this.#request = request
    this.#recorder = recorder
    this.#start = request.baseUrl
    this.baseUrl = request.baseUrl
    this.route = request.route
    this.#isExpress = request.baseUrl !== undefined
    if (request.baseUrl) this.#patterns = new Map([[request.baseUrl, request.baseUrl]])
  }

  /** Whether the request has passed no mounted router. */
  get isFlat(): boolean {
    return !this.#start && this.#deepest === ''
  }

  hear(listener: (pattern: string) => void): void {
    this.#listeners.push(listener)
  }

  /**
   * The page that the request reached; `undefined` without Express. If there was no route, or only one that matches every path,
   * the application does its own routing, and the page is told by the shape of the path. Requests that were turned away there
   * have one name, because anybody can try any path.
   */
  page(): Page | undefined {
    const path = this.#reached
    if (path !== undefined && !this.#isWild) return { path, isShape: false }
    if (!this.#isExpress) return undefined
    const mount = this.#deepest ? (this.#patternOf(this.#deepest) ?? '') : ''
    return {
      path: path ?? withoutLastSlash(mount + this.#shapeBelow(this.#deepest)),
      isShape: true,
      turnedAway: mount ? `${mount}/*` : '*',
    }
  }

  /** Called when the application or Express sets a property of the request. An internal error must not reach them. */
  told(property: 'baseUrl' | 'route', value: unknown): void {
    const before = this.baseUrl
    this[property] = value
    try {
      if (property === 'route') this.#noteRoute(value)
      else this.#noteBaseUrl(value, before)
    } catch (error) {
      this.#recorder.countInternalError(error)
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
    const { path } = (route ?? {}) as Route
    this.#isWild = saysNothing(path)
    const own = this.#isWild ? this.#shapeBelow(this.baseUrl ?? '') : pathOf(path)
    this.#reached = withoutLastSlash((this.#patternOf(this.baseUrl ?? '') ?? '') + own)
    for (const listener of this.#listeners) listener(this.#reached)
  }

  #shapeBelow(baseUrl: unknown): string {
    const { originalUrl = this.#request.url ?? '' } = this.#request
    return shapeOfPage(typeof baseUrl === 'string' ? originalUrl.slice(baseUrl.length) : originalUrl)
  }

  #patternOf(baseUrl: unknown): string | undefined {
    return baseUrl === '' ? '' : this.#patterns?.get(baseUrl)
  }
}

/**
 * Makes `/users/:id` of `/users/42` and the parameters `{ id: '42' }`. Each parameter is used once, and fixed parts come first. The
 * part that a wildcard matched becomes its shape. A router that is mounted by a regular expression has no parameters, so a segment
 * that looks like a value is taken for one.
 */
function toPattern(path: string, params: unknown): string {
  const segments = path.split('/')
  for (const [name, value] of Object.entries(params ?? {})) {
    const wild = wildParts(name, value)
    for (const part of wild ?? [value]) {
      const position = segments.findLastIndex((segment) => segment !== '' && decode(segment) === part)
      if (position >= 0) segments[position] = wild ? pathShape(segments[position] as string) : `:${name}`
    }
  }
  return segments.map((segment) => (VALUE.test(segment) ? '*' : segment)).join('/')
}

/** Express 5 has a list of the segments that a wildcard matched, Express 4 a text under a number. */
function wildParts(name: string, value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  return typeof value === 'string' && /^\d/.test(name) ? value.split('/') : undefined
}

/** `/v10`, `/oauth2` and `/s3` are names. A segment with three digits is an id or a date; a long or encoded one is a value too. */
const VALUE = /^(?!:)(?:(?:\D*\d){3}|.*[%@]|.{41})/

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function withoutLastSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path || '/'
}

/** The shape of the path of a page. Several stars at its end become one, because the depth of a catalogue tells nothing. */
function shapeOfPage(path: string): string {
  const shape = pathShape(path)
  let end = shape.length
  while (shape.endsWith('/*', end) && shape.endsWith('/*', end - 2)) end -= 2
  return shape.slice(0, end)
}

interface Route {
  path?: unknown
}

function pathOf(path: unknown): string {
  return Array.isArray(path) ? path.map(String).join('|') : String(path ?? '')
}

/** `*`, `/{*splat}`, `/:path(*)`, `/.*` and similar patterns, which match every path. */
function saysNothing(path: unknown): boolean {
  const isExpression = path instanceof RegExp
  if (!isExpression && !(typeof path === 'string' && path.includes('*'))) return false
  const pattern = isExpression ? path.source.replace(/\(\?!(?:(?!\(\?!)[^)])*\)/g, '') : path
  return !/\w/.test(pattern.replace(/:\w+(?=\(?\.?\*)|\*\w+/g, ''))
}
