// The findings related to a finding: those of the same line on other routes, those that it explains, and the one that
// explains it.
import type { PageData, PageFinding } from '../page-data.ts'
import type { Related } from './page.ts'

export function relatedFindings({ findings, groups }: PageData): (finding: PageFinding) => Related {
  const related = new Map<PageFinding, Related>()
  for (const { lead, sameLine, explained } of groups) {
    const pick = (positions: readonly number[]) => positions.flatMap((position) => findings[position] ?? [])
    const atLine = pick([lead, ...sameLine])
    const below = pick(explained)
    for (const finding of atLine) {
      const others = { sameLine: atLine.filter((other) => other !== finding), explains: below }
      related.set(finding, others)
    }
    for (const finding of below) related.set(finding, { sameLine: [], explains: [], explainedBy: atLine[0] })
  }
  return (finding) => related.get(finding) ?? { sameLine: [], explains: [] }
}
