// Requests for full capture: the next traces of a route are captured from their first query on, although their route is known.
// The route of a request is known only at its end, so every trace that may turn out to be of the route is captured, and only
// those that were count. Each request ends after a while and after a limited number of traces, so that a forgotten one costs
// nothing.
import { now as realNow } from '../../host/real-time.ts'

/** Long enough to drive an application by hand. */
const WAITS_MS = 5 * 60_000
/** A path with stars can lead to many routes, and under load many requests begin before the first one ends. */
const STARTS_OF_TRACE = 20
/** Routes for which capture is requested at the same time. The oldest request makes room. */
const MOST_ROUTES = 100

interface Armed {
  traces: number
  starts: number
  untilMs: number
}

export interface ArmedCaptures {
  /** Without a route, the next traces of any route are captured. */
  arm(route: string | undefined, traces: number): void
  /** Whether a trace that starts now is captured in full. `mayBe` tells whether it may turn out to be of a route. */
  wants(mayBe: (route: string) => boolean): boolean
  /** A trace of this route has been captured in full. */
  captured(route: string): void
}

export function armedCaptures(now: () => number = realNow): ArmedCaptures {
  const armed = new Map<string | undefined, Armed>()

  const isOver = ({ traces, starts, untilMs }: Armed) => traces <= 0 || starts <= 0 || now() > untilMs

  const count = (route: string | undefined) => {
    const one = armed.get(route)
    if (one && --one.traces <= 0) armed.delete(route)
  }

  return {
    arm(route, traces) {
      armed.delete(route)
      armed.set(route, { traces, starts: traces * STARTS_OF_TRACE, untilMs: now() + WAITS_MS })
      if (armed.size > MOST_ROUTES) armed.delete(armed.keys().next().value)
    },
    wants(mayBe) {
      if (armed.size === 0) return false
      let isWanted = false
      for (const [route, one] of armed) {
        if (isOver(one)) armed.delete(route)
        else if (route === undefined || mayBe(route)) {
          one.starts--
          isWanted = true
        }
      }
      return isWanted
    },
    captured(route) {
      if (armed.size === 0) return
      count(route)
      count(undefined)
    },
  }
}
