// Says why an assertion against loops proves nothing: the code had no result with enough rows for a loop to show.
import { describeDetector } from '../detectors/describe-detector.ts'
import { detectors } from '../detectors/index.ts'
import { clip, formatFrame } from '../report/reporters/console.ts'
import { fingerprint } from '../sql/index.ts'
import type { Finding } from '../types/finding.ts'
import type { Query } from '../types/query.ts'
import type { Report } from '../types/report.ts'
import type { CapturedQueries } from './capture-queries.ts'
import { findingsAbout } from './failure-text.ts'
import { isList, type UnprovenLoop } from './unproven-loops.ts'

/** The detectors of this package that find a query for each row. */
export const LOOP_DETECTORS: readonly string[] = detectors
  .filter(({ meta }) => meta.isLoop)
  .map(({ meta }) => meta.id)

/** True for findings of these detectors, and of loop detectors that the user added. */
export function isLoopFinding(
  report: Pick<Report, 'rules'>,
  { detector }: Pick<Finding, 'detector'>,
): boolean {
  return describeDetector(report, detector)?.isLoop === true
}

/** The reason why an assertion against loops proves nothing, or `undefined` when it does. */
export function whyInconclusive(
  captured: CapturedQueries,
  loops: readonly UnprovenLoop[],
  assertion: string,
): string | undefined {
  const [first, ...others] = loops.filter(({ query }) => !isReported(query, captured))
  const { queries } = captured
  const advice = 'Give the test two rows or more.'
  const more = others.length > 0 ? ` The same is true for ${others.length} more.` : ''
  if (first && first.times > 1) {
    return (
      `${assertion} is inconclusive: ${describe(first.query)} was sent ${first.times} times with values that are in ` +
      `the rows of ${describe(first.parent)}; so few matches may be a coincidence, and only three or more count as a loop.${more} ` +
      'Give the test three rows or more.'
    )
  }
  if (first) {
    return (
      `${assertion} is inconclusive: ${describe(first.parent)} returned a single row, so a loop over its rows would have sent ` +
      `${describe(first.query)} once, as this code did.${more} ${advice}`
    )
  }
  // Deciding whether a statement returns a list needs the parser, so it is done for few statements.
  const empty = queries.find((query) => query.rows === 0 && isList(query))
  if (!empty || queries.some((query) => query.rows !== undefined && query.rows > 0 && isList(query)))
    return undefined
  return `${assertion} is inconclusive: ${describe(empty)} returned no row, so a loop over its rows would not have run. ${advice}`
}

function isReported(query: Query, captured: CapturedQueries): boolean {
  if (query.ignored !== undefined) return true
  return findingsAbout([query], captured).some((finding) => isLoopFinding(captured.report, finding))
}

function describe({ sql, callSite = [] }: Query): string {
  const [frame] = callSite
  const place = frame ? ` (${formatFrame(frame, { cwd: process.cwd() })})` : ''
  return `"${clip(fingerprint(sql).text)}"${place}`
}
