// Counts and times of traces by their name. The number of names is limited, and so is what is kept of each.
import type { RouteSummary, Spread } from '../types/report.ts'
import { compareNames } from '../worst-first.ts'

/** Traces per route whose counts and times are kept for the median, which is that of the first ones. */
const KEPT_SAMPLES = 1000

interface RouteTotals {
  traces: number
  queries: Samples
  durationMs: Samples
  databaseMs: Samples
}

/** The first ones give the median; the smallest and the largest are of all. */
interface Samples {
  kept: number[]
  min: number
  max: number
}

export class RouteStatistics {
  readonly #routes = new Map<string, RouteTotals>()
  readonly #mostRoutes: number

  constructor(mostRoutes: number) {
    this.#mostRoutes = mostRoutes
  }

  /** Returns false when the name is new and too many are known. */
  add(name: string, queries: number, durationMs: number, databaseMs: number): boolean {
    let route = this.#routes.get(name)
    if (!route) {
      if (this.#routes.size >= this.#mostRoutes) return false
      route = { traces: 0, queries: noSamples(), durationMs: noSamples(), databaseMs: noSamples() }
      this.#routes.set(name, route)
    }
    route.traces++
    addSample(route.queries, queries)
    addSample(route.durationMs, durationMs)
    addSample(route.databaseMs, databaseMs)
    return true
  }

  /** Sorted by name. */
  summaries(): RouteSummary[] {
    return [...this.#routes].map(summarize).sort((a, b) => compareNames(a.name, b.name))
  }
}

function noSamples(): Samples {
  return { kept: [], min: Number.POSITIVE_INFINITY, max: 0 }
}

function addSample(samples: Samples, value: number): void {
  if (samples.kept.length < KEPT_SAMPLES) samples.kept.push(value)
  if (value < samples.min) samples.min = value
  if (value > samples.max) samples.max = value
}

function summarize([name, { traces, queries, durationMs, databaseMs }]: [string, RouteTotals]): RouteSummary {
  return {
    name,
    traces,
    queries: spread(queries),
    durationMs: spread(durationMs),
    databaseMs: spread(databaseMs),
  }
}

function spread({ kept, min, max }: Samples): Spread {
  const sorted = kept.toSorted((a, b) => a - b)
  return { min, median: sorted[sorted.length >> 1] ?? 0, max }
}
