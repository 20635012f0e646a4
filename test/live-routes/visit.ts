// The request of a route, and its author's judgement. Marks in the source contain the expected lines.

export interface Visit {
  /** Method and pattern, as the trace is named. */
  route: string
  label: 'innocent' | 'guilty'
  /** The innocent route that does the same properly. */
  fixedBy?: string
  requests: readonly SentRequest[]
  /** Sent at once, not one after the other. */
  atOnce: boolean
}

export interface SentRequest {
  method: string
  path: string
  body?: unknown
}

interface Call {
  /** Path with its parameters, when the pattern has any; several to be called in turn. */
  path?: string | readonly string[]
  body?: unknown
  times?: number
  atOnce?: boolean
}

/** As a developer would reload a page to see whether the finding is still there. */
const USUAL_TIMES = 3

export function innocent(route: string, call: Call = {}): Visit {
  return { route, label: 'innocent', requests: requestsOf(route, call), atOnce: call.atOnce ?? false }
}

export function guilty(route: string, fixedBy: string, call: Call = {}): Visit {
  return { route, label: 'guilty', fixedBy, requests: requestsOf(route, call), atOnce: call.atOnce ?? false }
}

function requestsOf(route: string, { path, body, times = USUAL_TIMES }: Call): SentRequest[] {
  const [method = 'GET', pattern = '/'] = route.split(' ')
  const paths = path === undefined ? [pattern] : [path].flat()
  return Array.from({ length: Math.max(times, paths.length) }, (_, i) => ({
    method,
    path: paths[i % paths.length] ?? pattern,
    body,
  }))
}
