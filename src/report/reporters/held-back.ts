// Which findings of a report are shown when it is held against a baseline: those that are new or have grown. What is
// accepted is one count, and so is what no baseline can decide about.
import { plural } from '../../text/plural.ts'
import type { Finding } from '../../types/finding.ts'
import type { BaselineStates } from '../../types/report.ts'

export interface ShownFindings {
  /** In the report's order; the title of one that has grown says from what to what. */
  shown: readonly Finding[]
  accepted: number
  unjudged: readonly Finding[]
}

/** All of them where there is no baseline. */
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

/** A sentence for each count; none where there is nothing to count. */
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
          `${plural(slow, 'slow query is', 'slow queries are')} not held against it, because times differ from run to run.`,
        ]
      : []),
  ]
}
