// Suppresses the findings of one report for which a reason is given, and keeps account of each reason: whether it suppressed
// findings, had nothing to suppress, or has expired. A finding is suppressed only when each query that shows it is covered,
// so that no other query is hidden.

import type { WrongComment } from '../setup/setup-facts.ts'
import { fingerprint } from '../sql/index.ts'
import { compareText } from '../text/compare-text.ts'
import type { Evidence, Finding } from '../types/finding.ts'
import type { Frame, Ignore, Query } from '../types/query.ts'
import type { Suppression } from '../types/report.ts'
import type { Trace } from '../types/trace.ts'
import {
  copyAccount,
  coverByEntries,
  describeEntry,
  describeMark,
  type EntryAccount,
  keep,
  type MarkAccount,
  openAccount,
  type SuppressEntry,
} from './account.ts'
import { today } from './day.ts'
import { isAbout, isInForce, keyOfMark, readMarks, whatIsWrong } from './marks.ts'

export interface SuppressionRules {
  entries?: readonly SuppressEntry[]
  /** Ids of the detectors that are switched on. Absent when not known. */
  detectors?: readonly string[]
  /** Ids of all existing detectors. A comment that names another one is reported. */
  knownDetectors?: readonly string[]
  /** Called once for each line with a comment that has no effect. */
  onWrongComment?: (comment: WrongComment) => void
  /** True when the lines of queries are already known, so that an entry with a path can be found unused. */
  linesAreKnown?: boolean
  /** Converts a frame to the form in which a report names it. */
  frame?: (frame: Frame) => Frame
  today?: () => string
}

/** A finding that several traces have shown together, and the mark that covers all of its queries. */
export interface IgnoredFinding {
  finding: Finding
  mark: Ignore
}

/** Maximum number of listed marks, because an application may generate reasons. Further marks still suppress findings. */
const KEPT_MARKS = 1000

export class Suppressions {
  readonly #entries: readonly EntryAccount[]
  readonly #marks = new Map<string, MarkAccount>()
  readonly #left = new Set<string>()
  readonly #rules: SuppressionRules
  readonly #today: () => string

  constructor(rules: SuppressionRules = {}) {
    this.#rules = rules
    this.#today = rules.today ?? today
    this.#entries = (rules.entries ?? []).map(openAccount)
  }

  /** Returns the findings of the trace that are not suppressed. */
  apply(trace: Trace, findings: readonly Finding[]): readonly Finding[] {
    const marks = readMarks(trace)
    if (marks) this.#meet(trace, marks)
    for (const account of this.#entries) account.isSeen ||= this.#isSeen(account.entry, account, trace)
    if (findings.length === 0 || (!marks && this.#entries.length === 0)) return findings
    const day = this.#today()
    return findings.flatMap((finding) => {
      const covered = marks ? this.#coverByMarks(finding, marks, day) : { isCovered: false, finding }
      const isSuppressed = coverByEntries(this.#entries, finding, day)
      if (!covered.isCovered && !isSuppressed) return [covered.finding]
      keep(this.#left, finding.key)
      return []
    })
  }

  /**
   * Returns the findings of several traces that are not suppressed, and the state of each reason. May be called repeatedly,
   * as traces come in.
   */
  conclude(
    concluded: readonly Finding[],
    ignored: readonly IgnoredFinding[],
    keysInReport: ReadonlySet<string>,
  ): { findings: readonly Finding[]; suppressed: number; suppressions: Suppression[] } {
    const day = this.#today()
    const left = new Set(this.#left)
    const entries = this.#entries.map(copyAccount)
    const findings = concluded.filter((finding) => {
      if (!coverByEntries(entries, finding, day)) return true
      left.add(finding.key)
      return false
    })
    const marks = new Map([...this.#marks].map(([key, account]) => [key, copyAccount(account)]))
    const remaining = new Set(findings.map(({ key }) => key))
    for (const { finding, mark } of ignored) {
      left.add(finding.key)
      marks.get(keyOfMark(mark))?.keys.add(finding.key)
    }
    const suppressed = [...left].filter((key) => !keysInReport.has(key) && !remaining.has(key)).length
    const ofMarks = [...marks].sort(([a], [b]) => compareText(a, b))
    return {
      findings,
      suppressed,
      suppressions: [
        ...entries.map((account) => describeEntry(account, day)),
        ...ofMarks.map(([, account]) =>
          describeMark(account, day, (id) => this.#isOn(id), this.#whatIsWrong(account.mark) === undefined),
        ),
      ],
    }
  }

  /** Records each mark with the line of its first query. */
  #meet(trace: Trace, marks: readonly (readonly Ignore[] | undefined)[]): void {
    marks.forEach((ofQuery, index) => {
      for (const mark of ofQuery ?? []) {
        if (this.#marks.size >= KEPT_MARKS) continue
        const line = trace.queries[index]?.callSite?.[0]
        // A wrong comment is listed for each line that contains it, because its contents alone do not identify it.
        const why = this.#whatIsWrong(mark)
        const key = why === undefined ? keyOfMark(mark) : `${keyOfMark(mark)} ${line?.file}:${line?.line}`
        if (this.#marks.has(key)) continue
        const at = line && (this.#rules.frame?.(line) ?? line)
        if (why !== undefined) this.#rules.onWrongComment?.({ why, place: at })
        this.#marks.set(key, { mark, at, keys: new Set() })
      }
    })
  }

  #coverByMarks(
    finding: Finding,
    marks: readonly (readonly Ignore[] | undefined)[],
    day: string,
  ): { isCovered: boolean; finding: Finding } {
    const { detector, key, occurrences } = finding
    const ofQueries = occurrences
      .flatMap(({ queries }) => queries)
      .map((index) => marks[index]?.filter((mark) => isAbout(mark, detector)) ?? [])
    if (ofQueries.length === 0) return { isCovered: false, finding }
    const inForce = ofQueries.map((all) => all.filter((mark) => isInForce(mark, day)))
    const covered = inForce.filter((all) => all.length > 0)
    const isCovered = covered.length === ofQueries.length
    // An expired reason is credited with the findings that it would suppress if it had not expired.
    if (isCovered || ofQueries.every((all) => all.length > 0)) {
      for (const mark of (isCovered ? inForce : ofQueries).flat()) {
        const account = this.#marks.get(keyOfMark(mark))
        if (account) keep(account.keys, key)
      }
    }
    if (isCovered || covered.length === 0) return { isCovered, finding }
    return { isCovered, finding: withNote(finding, covered, ofQueries.length) }
  }

  /** Whether the trace contains the code that the entry covers, so that it could have had a finding. */
  #isSeen(
    { detector, fingerprint: statement, path }: SuppressEntry,
    account: EntryAccount,
    trace: Trace,
  ): boolean {
    const { linesAreKnown = false } = this.#rules
    if (detector !== undefined && !this.#isOn(detector)) return false
    if (!account.isRoute(trace.name)) return false
    if (statement === undefined && path === undefined) return true
    if (path !== undefined && !linesAreKnown) return false
    return trace.queries.some(
      (query) =>
        (statement === undefined || fingerprint(query.sql).key === statement) &&
        (path === undefined || this.#isIn(account, query)),
    )
  }

  #whatIsWrong(mark: Ignore): WrongComment['why'] | undefined {
    return whatIsWrong(mark, this.#rules.knownDetectors)
  }

  #isOn(detector: string): boolean {
    return this.#rules.detectors?.includes(detector) ?? true
  }

  #isIn({ isPath }: EntryAccount, { callSite }: Query): boolean {
    const line = callSite?.[0]
    return line !== undefined && isPath((this.#rules.frame?.(line) ?? line).file)
  }
}

/** A finding that is only partly covered is reported completely, with a note. */
function withNote(finding: Finding, covered: readonly (readonly Ignore[])[], total: number): Finding {
  const [reason = ''] = covered.flatMap((all) => all.map((mark) => mark.reason)).sort()
  const note: Evidence = {
    label: 'ignored',
    text: `${covered.length} of its ${total} queries (${reason}), but not the others`,
  }
  return { ...finding, evidence: [...finding.evidence, note] }
}
