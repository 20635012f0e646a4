// The state of each finding in a baseline, as plain data for reporters, which do not read baselines.
import type { BaselineStates, Report } from '../types/report.ts'
import { type Baseline, compareWithBaseline, judgedFindings } from './baseline.ts'

/** `name` is that of the baseline's file. */
export function baselineStates(report: Report, baseline: Baseline, name: string): BaselineStates {
  const { accepted, grown } = compareWithBaseline(report, baseline)
  const judged = new Set(judgedFindings(report))
  return {
    baseline: name,
    accepted: new Map(accepted.map(({ finding, entry }) => [finding.key, entry.queries])),
    grown: new Map(
      grown.map(({ finding, entry, queries }) => [finding.key, { before: entry.queries, after: queries }]),
    ),
    unjudged: new Set(report.findings.filter((finding) => !judged.has(finding)).map(({ key }) => key)),
  }
}
