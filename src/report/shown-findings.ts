// Remembers what the live console has already shown, so that a page that is reloaded fifty times prints its N+1 once. A
// finding is shown in full the first time it occurs anywhere. A part of a line reports it on a further route, and when it
// grows.
import { queriesOfWorst } from '../detectors/occurrence.ts'
import type { Finding } from '../types/finding.ts'

export interface Sighting {
  finding: Finding
  /**
   * `new`: nothing has been shown of it. `elsewhere`: it was shown in full for another route. `grown`: it takes more
   * queries than ever before on this route. `again`: all of this has been shown.
   */
  state: 'new' | 'elsewhere' | 'grown' | 'again'
  /** Sightings on this route, this one included. */
  times: number
  /** The most queries that showed it on this route so far; 0 at first. */
  queriesBefore: number
  /** The route that it was shown in full for. */
  firstRoute: string
}

interface OnRoute {
  queries: number
  times: number
}

/** Remembers up to `remembered` findings; one that was forgotten is shown in full again. */
export class ShownFindings {
  readonly #remembered: number
  readonly #firstRoutes = new Map<string, string>()
  readonly #onRoutes = new Map<string, OnRoute>()

  constructor(remembered: number) {
    this.#remembered = remembered
  }

  see(finding: Finding): Sighting {
    const { key, route } = finding
    const queries = queriesSeen(finding)
    const place = placeOf(finding)
    const firstRoute = this.#firstRoutes.get(place)
    const before = this.#onRoutes.get(key)
    const queriesBefore = before?.queries ?? 0
    const times = (before?.times ?? 0) + 1
    this.#keep(this.#firstRoutes, place, firstRoute ?? route)
    this.#keep(this.#onRoutes, key, { queries: Math.max(queries, queriesBefore), times })
    return { finding, state: stateOf(), times, queriesBefore, firstRoute: firstRoute ?? route }

    function stateOf(): Sighting['state'] {
      if (firstRoute === undefined) return 'new'
      if (before === undefined) return 'elsewhere'
      return queries > queriesBefore ? 'grown' : 'again'
    }
  }

  /** The latest stand last, so that the oldest is forgotten first. */
  #keep<Value>(memory: Map<string, Value>, key: string, value: Value): void {
    memory.delete(key)
    memory.set(key, value)
    if (memory.size > this.#remembered) memory.delete(memory.keys().next().value as string)
  }
}

/** Findings without queries do not grow by them. */
export function queriesSeen(finding: Finding): number {
  return finding.cost.queries === 0 ? 0 : queriesOfWorst(finding)
}

/** One place in the code shows one finding, whichever routes lead there; without a line the route tells it apart. */
function placeOf({ detector, callSite: [place], evidence: [first], key }: Finding): string {
  if (!place) return key
  return `${detector} ${place.file}:${place.line}:${place.column} ${first?.text ?? ''}`
}
