// Merges the findings of many traces into one report. Findings with one key are one finding with several occurrences;
// whatever order the traces came in, the same ones give the same report.
import { countQueries, keptOccurrence } from '../detectors/occurrence.ts'
import { type IgnoredFinding, type SuppressionRules, Suppressions } from '../suppression/suppressions.ts'
import type { Cut, Finding, Occurrence, Report, RouteSummary, Spread, Trace } from '../types.ts'
import { VERSION } from '../version.ts'
import { busyMs } from './busy-time.ts'

/** Occurrences kept per finding: enough to look one up, while the total is counted. */
const KEPT_OCCURRENCES = 10
/** Traces per route whose counts and times are kept for the median, which is that of the first ones. */
const KEPT_SAMPLES = 1000

export interface ReportLimits {
  findings: number
  /** Names of traces. */
  routes: number
}

/** Far more than an application has, a stop for names that hold ids and for statements that are made up as they go. */
const LIMITS: ReportLimits = { findings: 5000, routes: 1000 }

/** What is known of a trace that was only counted. */
interface CountedTrace {
  name: string
  queryCount: number
  durationMs: number
  /** In which a query was under way. */
  countedMs: number
}

interface Route {
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

export class ReportBuilder {
  #traces = 0
  #queries = 0
  readonly #findings = new Map<string, Finding>()
  readonly #spentMs = new Map<string, number>()
  readonly #routes = new Map<string, Route>()
  readonly #suppressions: Suppressions
  readonly #limits: ReportLimits
  readonly #cut: Omit<Cut, 'observations'> & Record<'findings' | 'queries', number> = {
    queries: 0,
    traces: 0,
    routes: 0,
    findings: 0,
    results: 0,
    statements: 0,
    values: 0,
    unrecorded: 0,
    untraced: 0,
    internalErrors: 0,
  }

  constructor(rules?: SuppressionRules, limits: ReportLimits = LIMITS) {
    this.#suppressions = new Suppressions(rules)
    this.#limits = limits
  }

  /** A trace that was only counted. */
  addCounted({ name, queryCount, durationMs, countedMs }: CountedTrace): void {
    this.#traces++
    this.#queries += queryCount
    this.#cut.counted = (this.#cut.counted ?? 0) + 1
    this.#addRoute(name, queryCount, durationMs, countedMs)
  }

  countUnsampled(): void {
    this.#cut.unsampled = (this.#cut.unsampled ?? 0) + 1
  }

  /** Returns those that are in the report: the others were left out for a reason. */
  add(trace: Trace, found: readonly Finding[]): readonly Finding[] {
    const findings = this.#suppressions.apply(trace, found)
    const { name, durationMs = 0, truncated, onlyCounted } = trace
    const count = trace.queries.length + truncated + (onlyCounted?.queries ?? 0)
    this.#traces++
    this.#queries += count
    this.#cut.queries += truncated
    this.addCut(trace.cut ?? {})
    this.#addRoute(name, count, durationMs, busyMs(trace.queries) + (onlyCounted?.databaseMs ?? 0))
    for (const finding of findings) {
      const known = this.#findings.get(finding.key)
      if (!known && this.#findings.size >= this.#limits.findings) {
        this.#cut.findings++
        continue
      }
      this.#measure(trace, finding)
      const kept = { ...finding, occurrences: finding.occurrences.map(keptOccurrence) }
      this.#findings.set(finding.key, known ? mergeFindings(known, kept) : kept)
    }
    return findings
  }

  countUntraced(): void {
    this.#cut.untraced++
  }

  get untraced(): number {
    return this.#cut.untraced
  }

  countCutTrace(): void {
    this.#cut.traces++
  }

  countUnrecorded(): void {
    this.#cut.unrecorded++
  }

  /** Returns how many there have been. */
  countInternalError(): number {
    return ++this.#cut.internalErrors
  }

  /** What had been left out before the traces came here. */
  addCut(cut: Partial<Omit<Cut, 'observations'>>): void {
    for (const [name, count] of Object.entries(cut)) {
      const key = name as keyof typeof cut
      this.#cut[key] = (this.#cut[key] ?? 0) + count
    }
  }

  /** What has been left out so far. */
  get cut(): Readonly<Omit<Cut, 'observations'>> {
    return this.#cut
  }

  /** With what several traces together have shown. */
  build(
    concluded: readonly Finding[] = [],
    cutObservations = 0,
    ignored: readonly IgnoredFinding[] = [],
  ): Report {
    const ofTraces = [...this.#findings.values()]
    const left = this.#suppressions.conclude(concluded, ignored, new Set(this.#findings.keys()))
    const findings = [...ofTraces, ...left.findings].sort(worstFirst)
    return {
      v: 1,
      tool: { name: 'pg-loupe', version: VERSION },
      traces: this.#traces,
      queries: this.#queries,
      findings,
      routes: [...this.#routes].map(summarize).sort((a, b) => compare(a.name, b.name)),
      measured: Object.fromEntries(
        findings.map(({ key }) => [key, { spentMs: this.#spentMs.get(key) ?? 0 }]),
      ),
      suppressed: left.suppressed,
      suppressions: left.suppressions,
      cut: {
        ...this.#cut,
        observations: cutObservations,
      },
    }
  }

  #measure(trace: Trace, { key, occurrences }: Finding): void {
    const spent = occurrences
      .filter((occurrence) => occurrence.trace === trace.id)
      .map(({ queries }) => busyMs(queries.flatMap((index) => trace.queries[index] ?? [])))
    this.#spentMs.set(key, Math.max(this.#spentMs.get(key) ?? 0, ...spent))
  }

  #addRoute(name: string, queries: number, durationMs: number, databaseMs: number): void {
    let route = this.#routes.get(name)
    if (!route) {
      if (this.#routes.size >= this.#limits.routes) {
        this.#cut.routes++
        return
      }
      route = { traces: 0, queries: noSamples(), durationMs: noSamples(), databaseMs: noSamples() }
      this.#routes.set(name, route)
    }
    route.traces++
    addSample(route.queries, queries)
    addSample(route.durationMs, durationMs)
    addSample(route.databaseMs, databaseMs)
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

const SEVERITIES = ['error', 'warning', 'info']
const CONFIDENCES = ['proven', 'likely', 'possible']

function worstFirst(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
    b.cost.queries - a.cost.queries ||
    (b.cost.bytes ?? 0) - (a.cost.bytes ?? 0) ||
    compare(a.key, b.key)
  )
}

function mergeFindings(a: Finding, b: Finding): Finding {
  const [worse] = [a, b].sort(
    (x, y) => worstFirst(x, y) || compareOccurrences(x.occurrences[0], y.occurrences[0]),
  )
  return {
    ...(worse ?? a),
    occurrences: firstAndWorst([...a.occurrences, ...b.occurrences].sort(compareOccurrences)),
    occurrenceCount: a.occurrenceCount + b.occurrenceCount,
  }
}

/** The one with the most queries is always among them: a budget is held against it. */
function firstAndWorst(sorted: readonly Occurrence[]): Occurrence[] {
  const worst = sorted.reduce((a, b) => (countQueries(b) > countQueries(a) ? b : a))
  const first = sorted.slice(0, KEPT_OCCURRENCES)
  return first.includes(worst) ? first : [...first.slice(0, -1), worst]
}

function compareOccurrences(a: Occurrence | undefined, b: Occurrence | undefined): number {
  return compare(a?.trace ?? '', b?.trace ?? '') || (a?.queries[0] ?? 0) - (b?.queries[0] ?? 0)
}

/** Numbers inside names count as numbers (`#2` before `#10`); the locale is fixed, so that every machine agrees. */
const { compare } = new Intl.Collator('en', { numeric: true })

function summarize([name, { traces, queries, durationMs, databaseMs }]: [string, Route]): RouteSummary {
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
