// Merges the findings of many traces into one report. Findings with one key are one finding with several occurrences;
// whatever order the traces came in, the same ones give the same report.
import { statementKey } from '../detectors/identify.ts'
import { detectors } from '../detectors/index.ts'
import { countQueries, keptOccurrence, LISTED_OF_WORST } from '../detectors/occurrence.ts'
import { type IgnoredFinding, type SuppressionRules, Suppressions } from '../suppression/suppressions.ts'
import type { Detector, DetectorDescription, SelectedDetectors } from '../types/detector.ts'
import type { Finding, Occurrence } from '../types/finding.ts'
import type { Cut, Report } from '../types/report.ts'
import type { Trace } from '../types/trace.ts'
import { VERSION } from '../version.ts'
import { compareNames, worstFirst } from '../worst-first.ts'
import { busyMs } from './busy-time.ts'
import { foldLoops } from './fold-loops.ts'
import { isSameLoop, joinLoops } from './loop-finding.ts'
import { RouteStatistics } from './route-statistics.ts'

/** Occurrences kept per finding: enough to look one up, while the total is counted. */
const KEPT_OCCURRENCES = 10

export interface ReportLimits {
  findings: number
  /** Names of traces. */
  routes: number
}

/** Far more than an application has, a stop for names that hold ids and for statements that are made up as they go. */
const LIMITS: ReportLimits = { findings: 5000, routes: 1000 }

/** The facts about a trace that was only counted. */
interface CountedTrace {
  name: string
  queryCount: number
  durationMs: number
  /** In which a query was under way. */
  countedMs: number
}

interface KeptFinding {
  finding: Finding
  spentMs: number
}

/** The information that a report needs besides the traces. */
export interface ReportRules extends Omit<SuppressionRules, 'detectors' | 'knownDetectors'> {
  /** Default: the detectors of this package. It is unknown then which of them are switched on. */
  detectors?: SelectedDetectors
}

export class ReportBuilder {
  #traces = 0
  #queries = 0
  /** By their key without a number; several are loops of one function. */
  readonly #findings = new Map<string, KeptFinding[]>()
  #findingCount = 0
  readonly #routes: RouteStatistics
  readonly #suppressions: Suppressions
  /** The detectors of the user. */
  readonly #rules: readonly DetectorDescription[]
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

  constructor({ detectors: selected, ...rules }: ReportRules = {}, limits: ReportLimits = LIMITS) {
    const { rules: added = [], active } = selected ?? {}
    this.#suppressions = new Suppressions({
      knownDetectors: [...detectors, ...added].map(({ meta }) => meta.id),
      ...(active ? { detectors: active.map(({ detector }) => detector.meta.id) } : {}),
      ...rules,
    })
    this.#rules = added.map(describeRule)
    this.#limits = limits
    this.#routes = new RouteStatistics(limits.routes)
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

  /** Returns what is found in the trace: each loop as one, and without what was left out for a reason. */
  add(trace: Trace, found: readonly Finding[]): readonly Finding[] {
    const findings = foldLoops(trace, this.#suppressions.apply(trace, found))
    const { name, durationMs = 0, truncated, onlyCounted } = trace
    const count = trace.queries.length + truncated + (onlyCounted?.queries ?? 0)
    this.#traces++
    this.#queries += count
    this.#cut.queries += truncated
    this.addCut(trace.cut ?? {})
    this.#addRoute(name, count, durationMs, busyMs(trace.queries) + (onlyCounted?.databaseMs ?? 0))
    for (const finding of findings) this.#keep(finding, spentMs(trace, finding))
    return findings
  }

  #keep(found: Finding, ms: number): void {
    const ofKey = this.#findings.get(found.key) ?? []
    const same = ofKey.filter(({ finding }) => isSame(finding, found))
    if (same.length === 0 && this.#findingCount >= this.#limits.findings) {
      this.#cut.findings++
      return
    }
    const one = {
      finding: {
        ...found,
        occurrences: found.occurrences.map((one) => keptOccurrence(one, LISTED_OF_WORST)),
      },
      spentMs: ms,
    }
    const joined = same.reduce(
      (a, b) => ({
        finding: mergeFindings(a.finding, b.finding),
        spentMs: Math.max(a.spentMs, b.spentMs),
      }),
      one,
    )
    this.#findingCount += 1 - same.length
    this.#findings.set(found.key, [...ofKey.filter((kept) => !same.includes(kept)), joined])
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

  /** Counts of what was left out before the traces came here. */
  addCut(cut: Partial<Omit<Cut, 'observations'>>): void {
    for (const [name, count] of Object.entries(cut)) {
      const key = name as keyof typeof cut
      this.#cut[key] = (this.#cut[key] ?? 0) + count
    }
  }

  /** Counts of what has been left out so far. */
  get cut(): Readonly<Omit<Cut, 'observations'>> {
    return this.#cut
  }

  /** With what several traces together have shown. */
  build(
    concluded: readonly Finding[] = [],
    cutObservations = 0,
    ignored: readonly IgnoredFinding[] = [],
  ): Report {
    const kept = [...this.#findings].flatMap(([key, ofKey]) => numberLoops(key, ofKey))
    const left = this.#suppressions.conclude(
      concluded,
      ignored,
      new Set(kept.flatMap(({ finding }) => namesOf(finding))),
    )
    const findings = [...kept.map(({ finding }) => finding), ...left.findings].sort(worstFirst)
    const spent = new Map(kept.map(({ finding, spentMs }) => [finding.key, spentMs]))
    return {
      v: 1,
      tool: { name: 'pg-loupe', version: VERSION },
      traces: this.#traces,
      queries: this.#queries,
      findings,
      routes: this.#routes.summaries(),
      measured: Object.fromEntries(findings.map(({ key }) => [key, { spentMs: spent.get(key) ?? 0 }])),
      suppressed: left.suppressed,
      suppressions: left.suppressions,
      cut: {
        ...this.#cut,
        observations: cutObservations,
      },
      ...(this.#rules.length > 0 ? { rules: this.#rules } : {}),
    }
  }

  #addRoute(name: string, queries: number, durationMs: number, databaseMs: number): void {
    if (!this.#routes.add(name, queries, durationMs, databaseMs)) this.#cut.routes++
  }
}

function describeRule({ meta: { defaults: _defaults, ...description } }: Detector): DetectorDescription {
  return description
}

function spentMs(trace: Trace, { occurrences }: Finding): number {
  const spent = occurrences
    .filter((occurrence) => occurrence.trace === trace.id)
    .map(({ queries }) => busyMs(queries.flatMap((index) => trace.queries[index] ?? [])))
  return Math.max(0, ...spent)
}

/** Chooses one of two findings with the same key. */
function isSame(a: Finding, b: Finding): boolean {
  return a.statements === undefined || b.statements === undefined || isSameLoop(a, b)
}

/** Loops of one function in the order of their lines; the key of the first has no number. */
function numberLoops(key: string, ofKey: readonly KeptFinding[]): KeptFinding[] {
  return ofKey
    .toSorted((a, b) => compareNames(placeOf(a.finding), placeOf(b.finding)))
    .map(({ finding, spentMs }, at) => ({
      finding: at === 0 ? finding : { ...finding, key: `${key} | ${at + 1}` },
      spentMs,
    }))
}

/** Orders loops of one function by their lines. */
export function placeOf({ callSite, statements }: Finding): string {
  return JSON.stringify([callSite.map(({ file, line }) => [file, line]), statements])
}

/** The names of a finding in the accounts of suppressions, which count each statement of a loop. */
function namesOf({ key, route, statements }: Finding): string[] {
  return statements ? statements.map((statement) => statementKey(route, statement)) : [key]
}

function mergeFindings(a: Finding, b: Finding): Finding {
  const joined = {
    occurrences: firstAndWorst([...a.occurrences, ...b.occurrences].sort(compareOccurrences)),
    occurrenceCount: a.occurrenceCount + b.occurrenceCount,
  }
  if (a.statements && b.statements) return joinLoops(a, b, joined)
  const [worse] = [a, b].sort(
    (x, y) => worstFirst(x, y) || compareOccurrences(x.occurrences[0], y.occurrences[0]),
  )
  return { ...(worse ?? a), ...joined }
}

/**
 * The occurrence with the most queries is always kept, with all of its queries, because a budget is compared with it. The
 * other occurrences keep only their first queries.
 */
function firstAndWorst(sorted: readonly Occurrence[]): Occurrence[] {
  const worst = sorted.reduce((a, b) => (countQueries(b) > countQueries(a) ? b : a))
  const first = sorted.slice(0, KEPT_OCCURRENCES)
  const kept = first.includes(worst) ? first : [...first.slice(0, -1), worst]
  return kept.map((one) => (one === worst ? one : keptOccurrence(one)))
}

function compareOccurrences(a: Occurrence | undefined, b: Occurrence | undefined): number {
  return compareNames(a?.trace ?? '', b?.trace ?? '') || (a?.queries[0] ?? 0) - (b?.queries[0] ?? 0)
}
