// Compares two reports: a pure function with plain data as its result. Findings are matched as in a baseline, by keys without
// lines, counts or times. Findings that depend on the load of a day (slow queries) are not compared. A finding whose route
// did not run does not count as fixed.
import { compareText } from '../text/compare-text.ts'
import type { Finding } from '../types/finding.ts'
import type { ComparedRoute, Comparison, Report, Spread } from '../types/report.ts'
import { baselineOf, compareWithBaseline } from './baseline.ts'

export function compareReports(base: Report, head: Report): Comparison {
  const findingsOf = (entries: readonly { key: string }[]): Finding[] => {
    const keys = new Set(entries.map(({ key }) => key))
    return base.findings.filter(({ key }) => keys.has(key))
  }
  const { added, grown, accepted, fixed, unseen } = compareWithBaseline(head, baselineOf(base))
  return {
    v: 1,
    new: added,
    grown: grown.map(({ finding, entry, queries }) => ({ finding, before: entry.queries, after: queries })),
    fixed: findingsOf(fixed),
    unseen: findingsOf(unseen),
    known: accepted.length,
    suppressed: { before: base.suppressed, after: head.suppressed },
    routes: compareRoutes(base, head),
  }
}

function compareRoutes(base: Report, head: Report): ComparedRoute[] {
  const [before, after] = [base, head].map(
    ({ routes }) => new Map(routes.map(({ name, queries }) => [name, queries])),
  ) as [Map<string, Spread>, Map<string, Spread>]
  return [...new Set([...before.keys(), ...after.keys()])].sort(compareText).map((name) => {
    const [was, is] = [before.get(name), after.get(name)]
    return { name, ...(was ? { before: was } : {}), ...(is ? { after: is } : {}) }
  })
}
