// The findings of all requests, merged by their key, and what each captured request since then says about them. A finding
// that was not seen for the longest time is displaced when there are too many.
import type { Finding } from '../../types/finding.ts'
import type { Trace } from '../../types/trace.ts'
import { worstFirst } from '../../worst-first.ts'
import { type Judgement, judgeFix, type SeenRequest } from '../judge-fix.ts'
import type { FindingRow, FindingStatus, RequestRow } from '../panel-api.ts'

export interface FindingLimits {
  findings: number
  /** Characters of all findings as JSON. */
  findingCharacters: number
}

/** Routes without findings that are remembered, as a stop for names that hold ids. */
const MOST_ROUTES = 2000

/** One request takes a moment to judge as many. A route with more open findings needs several requests for all of them. */
const JUDGED_AT_ONCE = 20

interface Sources {
  /** A request with its trace, as long as it is kept. */
  request: (id: string) => SeenRequest | undefined
  /** The number of the newest request when the program of a process was restarted for the last time. */
  restartedAt: (process: string | undefined) => number
  displaced: () => void
}

/** A request that said something about a finding. */
interface Sighting {
  request: string
  number: number
  reason: string
}

interface KeptFinding {
  finding: Finding
  characters: number
  route: KeptRoute
  requests: number
  firstSeen: string | undefined
  lastSeen: string | undefined
  process: string | undefined
  shown: Sighting
  /** The latest request that showed it, as long as its trace is kept. */
  latest?: string
  /** The latest full capture after it was shown that could not decide. */
  undecided?: Sighting
  fixed?: Sighting
}

interface KeptRoute {
  captured: number
  /** The latest request, however little was captured of it. */
  last: { id: string; number: number }
  findings: number
  /** Keys of its findings that are not fixed. The one that was not judged for the longest time comes first. */
  open: Set<string>
}

export class StoredFindings {
  readonly #limits: FindingLimits
  readonly #sources: Sources
  /** The finding that was not seen for the longest time comes first. */
  readonly #findings = new Map<string, KeptFinding>()
  readonly #routes = new Map<string, KeptRoute>()
  #characters = 0

  constructor(limits: FindingLimits, sources: Sources) {
    this.#limits = limits
    this.#sources = sources
  }

  /** Returns true when a finding or its status changed. */
  addCaptured(row: RequestRow, trace: Trace, found: readonly Finding[]): boolean {
    const route = this.#routeOf(row.route, row)
    route.captured++
    route.last = row
    for (const finding of found) this.#show(finding, row)
    const isJudged = this.#judgeOthers(route, row, { request: row, trace, findings: found })
    return found.length > 0 || isJudged
  }

  addCounted(row: RequestRow): void {
    const route = this.#routes.get(row.route)
    if (route) route.last = row
  }

  /** The trace of this request is no longer kept. */
  forgetTrace({ id, findings }: RequestRow): void {
    for (const { key } of findings) {
      const kept = this.#findings.get(key)
      if (kept?.latest === id) delete kept.latest
    }
  }

  get(key: string): FindingRow | undefined {
    const kept = this.#findings.get(key)
    return kept && this.#rowOf(kept)
  }

  /** Worst first. */
  all(): FindingRow[] {
    return [...this.#findings.values()]
      .sort((a, b) => worstFirst(a.finding, b.finding))
      .map((kept) => this.#rowOf(kept))
  }

  /** Judges by a request that may be of another state of the code than the one before it. */
  judge(key: string, later: SeenRequest): Judgement | undefined {
    const kept = this.#findings.get(key)
    return kept && judgeFix(kept.finding, this.#before(kept), later)
  }

  #show(finding: Finding, row: RequestRow): void {
    const { key } = finding
    const kept = this.#findings.get(key)
    const route = this.#routeOf(finding.route, row)
    const characters = JSON.stringify(finding).length
    this.#findings.delete(key)
    this.#characters += characters - (kept?.characters ?? 0)
    if (!kept) route.findings++
    route.open.add(key)
    this.#findings.set(key, {
      finding,
      characters,
      route,
      requests: (kept?.requests ?? 0) + 1,
      firstSeen: kept?.firstSeen ?? row.startedAt,
      lastSeen: row.startedAt,
      process: row.process,
      shown: { request: row.id, number: row.number, reason: 'The latest conclusive request shows it.' },
      latest: row.id,
    })
    this.#makeRoom()
  }

  #routeOf(name: string, row: RequestRow): KeptRoute {
    const known = this.#routes.get(name)
    if (known) return known
    if (this.#routes.size >= MOST_ROUTES) this.#forgetOldRoute()
    const route = { captured: 0, last: row, findings: 0, open: new Set<string>() }
    this.#routes.set(name, route)
    return route
  }

  /** Looks at one route only, so that a request costs the same however many routes there are. Routes with findings stay. */
  #forgetOldRoute(): void {
    for (const [name, route] of this.#routes) {
      this.#routes.delete(name)
      if (route.findings > 0) this.#routes.set(name, route)
      return
    }
  }

  #judgeOthers(route: KeptRoute, row: RequestRow, later: SeenRequest & { trace: Trace }): boolean {
    if (row.capture !== 'full') return false
    const judged: KeptFinding[] = []
    for (const key of route.open) {
      const kept = this.#findings.get(key)
      if (kept && kept.shown.number !== row.number) judged.push(kept)
      if (judged.length === JUDGED_AT_ONCE) break
    }
    for (const kept of judged) this.#judge(kept, row, later)
    return judged.length > 0
  }

  #judge(kept: KeptFinding, row: RequestRow, later: SeenRequest): void {
    const { state, reason } = judgeFix(kept.finding, this.#before(kept), later)
    const sighting = { request: row.id, number: row.number, reason }
    const { route, finding } = kept
    route.open.delete(finding.key)
    if (state === 'fixed') kept.fixed = sighting
    else route.open.add(finding.key)
    if (state === 'still_there') kept.shown = sighting
    else if (state === 'inconclusive') kept.undecided = sighting
  }

  #before({ finding, latest, shown }: KeptFinding): SeenRequest | undefined {
    const kept = this.#sources.request(latest ?? shown.request)
    return kept?.findings.some(({ key }) => key === finding.key) ? kept : undefined
  }

  #rowOf(kept: KeptFinding): FindingRow {
    const { finding, requests, route, firstSeen, lastSeen, latest } = kept
    return {
      finding,
      status: this.#statusOf(kept),
      requests,
      ofRequests: Math.max(requests, route.captured),
      ...(firstSeen === undefined ? {} : { firstSeen }),
      ...(lastSeen === undefined ? {} : { lastSeen }),
      ...(latest === undefined ? {} : { latest }),
    }
  }

  /** A request from before the restart of its program says nothing about the code that runs now, except that it is fixed. */
  #statusOf({ fixed, shown, undecided, route, process }: KeptFinding): FindingStatus {
    const since = this.#sources.restartedAt(process)
    if (fixed) return { state: 'fixed', reason: fixed.reason, request: fixed.request }
    if (shown.number > since) return { state: 'still_there', reason: shown.reason, request: shown.request }
    if (undecided && undecided.number > since)
      return { state: 'inconclusive', reason: undecided.reason, request: undecided.request }
    if (route.last.number > since)
      return {
        state: 'inconclusive',
        reason: 'Its route ran since the restart, but no request of it was captured in full.',
        request: route.last.id,
      }
    return { state: 'not_exercised', reason: 'Its route did not run since the restart of the application.' }
  }

  #makeRoom(): void {
    for (const [key, { characters, route }] of this.#findings) {
      const isWithin =
        this.#findings.size <= this.#limits.findings && this.#characters <= this.#limits.findingCharacters
      if (isWithin) return
      this.#findings.delete(key)
      this.#characters -= characters
      route.findings--
      route.open.delete(key)
      this.#sources.displaced()
    }
  }
}
