// Updates a baseline with a report. A baseline only becomes smaller, unless growth is allowed: fixed findings are removed,
// budgets shrink to the present number, and renamed functions keep their entry. Findings that were not seen are kept.
import {
  type Baseline,
  type BaselineEntry,
  type ComparableReport,
  compareWithBaseline,
  entryOf,
  sorted,
} from './baseline.ts'

export interface BaselineChange {
  baseline: Baseline
  removed: readonly BaselineEntry[]
  lowered: readonly BaselineEntry[]
  /** Taken in, or with a larger budget than before. */
  raised: readonly BaselineEntry[]
  /** The same, not done because growth was not asked for. */
  refused: readonly BaselineEntry[]
}

export function changeBaseline(
  before: Baseline,
  report: ComparableReport,
  { allowGrowth = false, detectors }: { allowGrowth?: boolean; detectors?: readonly string[] } = {},
): BaselineChange {
  const { accepted, grown, added, fixed, unseen } = compareWithBaseline(report, before, detectors)
  const growing = [...grown.map(({ finding }) => entryOf(finding)), ...added.map(entryOf)]
  const found = [
    ...accepted.map(({ finding }) => entryOf(finding)),
    ...(allowGrowth
      ? growing
      : grown.map(({ finding, entry }) => ({ ...entryOf(finding), queries: entry.queries }))),
  ]
  const keys = new Set(found.map(({ key }) => key))
  return {
    // Two loops that have changed places may have taken each other's key.
    baseline: sorted([...found, ...unseen.filter(({ key }) => !keys.has(key))]),
    removed: fixed,
    lowered: accepted
      .filter(({ entry, queries }) => queries < entry.queries)
      .map(({ finding }) => entryOf(finding)),
    raised: allowGrowth ? growing : [],
    refused: allowGrowth ? [] : growing,
  }
}
