// Selects the findings of a report that are shown when it is compared with a baseline: the new ones and those that have
// grown. The accepted findings are only counted, and so are those that no baseline can judge.
import { plural } from '../../text/plural.ts'
import type { Finding } from '../../types/finding.ts'
import type { BaselineStates } from '../../types/report.ts'

export interface ShownFindings {
  /** The findings in the report's order. The title of a grown one contains both numbers. */
  shown: readonly Finding[]
  accepted: number
  unjudged: readonly Finding[]
}

/** All findings when there is no baseline. */
export function findingsToShow(
  findings: readonly Finding[],
  states: BaselineStates | undefined,
): ShownFindings {
  if (!states) return { shown: findings, accepted: 0, unjudged: [] }
  const { accepted, grown, unjudged } = states
  const isShown = ({ key }: Finding) => !accepted.has(key) && !unjudged.has(key)
  return {
    shown: findings.filter(isShown).map((finding) => {
      const growth = grown.get(finding.key)
      return growth ? grownFinding(finding, growth) : finding
    }),
    accepted: findings.filter(({ key }) => accepted.has(key)).length,
    unjudged: findings.filter(({ key }) => unjudged.has(key)),
  }
}

export function grownFinding(
  finding: Finding,
  { before, after }: { before: number; after: number },
): Finding {
  return { ...finding, title: `Grown from ${before} to ${after} queries: ${finding.title}` }
}

/** One sentence for each count that is not zero. */
export function heldBackLines(
  { accepted, unjudged }: ShownFindings,
  states: BaselineStates | undefined,
): string[] {
  if (!states) return []
  const slow = unjudged.length
  return [
    ...(accepted > 0
      ? [`${plural(accepted, 'finding is', 'findings are')} accepted by ${states.baseline}.`]
      : []),
    ...(slow > 0
      ? [
          `${plural(slow, 'slow query is', 'slow queries are')} not compared with it, because times differ from run to run.`,
        ]
      : []),
  ]
}
