import type { RouteNamer } from './route-namer.ts'

/** Asks several namers in turn: the first one that knows the request names it. */
export function firstNamer(namers: readonly RouteNamer[]): RouteNamer {
  const [only] = namers
  if (only && namers.length === 1) return only
  return {
    follow: (request, trace) => namers.map((namer) => namer.follow?.(request, trace)),
    name(request, followed, trace) {
      for (const [position, namer] of namers.entries()) {
        const route = namer.name(request, (followed as unknown[])[position], trace)
        if (route !== undefined) return route
      }
      return undefined
    },
  }
}
