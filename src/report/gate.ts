// Decides whether a build passes: a report, compared with a baseline. The function returns the decision and its reasons,
// which the caller prints. A finding that is not in the baseline fails, and a report without queries does not pass.
import { queriesOfWorst } from '../detectors/occurrence.ts'
import type { Finding, Severity } from '../types/finding.ts'
import type { Report } from '../types/report.ts'
import { isAtLeast } from '../worst-first.ts'
import {
  type Accepted,
  type Baseline,
  type BaselineEntry,
  compareWithBaseline,
  judgedFindings,
} from './baseline.ts'

/** From this severity on a finding fails; `new`: whatever is not in the baseline. */
export type FailOn = Severity | 'new'

export const FAIL_ON = ['error', 'warning', 'info', 'new'] as const satisfies readonly FailOn[]

export interface Reason {
  finding: Finding
  queries: number
  /** The budget in the baseline, when the finding has grown. */
  budget?: number
}

export interface GateVerdict {
  passed: boolean
  /** Worst first, and only those that nobody has accepted. */
  failing: readonly Reason[]
  /** No query was seen, which proves nothing. */
  sawNothing: boolean
  accepted: number
  /** Entries of the baseline that are not found any more. */
  fixed: readonly BaselineEntry[]
  /** Entries whose findings have fewer queries than their budget. */
  shrunk: readonly Accepted[]
}

/** `detectors` are those that were on, where that is known. */
export function judge(
  report: Report,
  { failOn, baseline, detectors }: { failOn: FailOn; baseline?: Baseline; detectors?: readonly string[] },
): GateVerdict {
  const least = failOn === 'new' ? 'info' : failOn
  const { accepted, grown, added, fixed } = baseline
    ? compareWithBaseline(report, baseline, detectors)
    : { accepted: [], grown: [], added: judgedFindings(report), fixed: [] }
  const budgets = new Map(grown.map(({ finding, entry }) => [finding, entry.queries]))
  const isNew = new Set(added)
  const failing = report.findings
    .filter((finding) => isAtLeast(finding.severity, least) && (budgets.has(finding) || isNew.has(finding)))
    .map((finding): Reason => {
      const budget = budgets.get(finding)
      return { finding, queries: queriesOfWorst(finding), ...(budget === undefined ? {} : { budget }) }
    })
  const sawNothing = report.queries === 0
  return {
    passed: failing.length === 0 && !sawNothing,
    failing,
    sawNothing,
    accepted: accepted.length,
    fixed,
    shrunk: accepted.filter(({ entry, queries }) => queries < entry.queries),
  }
}
