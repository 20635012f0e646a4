/** The properties that are used of a request of `node:http`, and of what a framework adds to it. */
export interface RequestLike {
  method?: string | undefined
  url?: string | undefined
  /** The complete URL, set by frameworks that change `url` while a request passes their routers. */
  originalUrl?: string
  /** Set by a middleware that parses the body. */
  readonly body?: unknown
}

/** The properties that are used of a response of `node:http`. */
export interface ResponseLike {
  statusCode: number
  once(event: 'finish' | 'close', listener: () => void): unknown
  readonly writableFinished: boolean
}
