// The rows of the list of findings: one row for each mistake with those of its findings that match the filters, worst first.
import type { PageData, PageFinding } from '../page-data.ts'

export interface ShownGroup {
  /** The worst of the shown findings. */
  lead: PageFinding
  /** Further findings of the same line and statement, on other routes. */
  sameLine: readonly PageFinding[]
  explained: readonly PageFinding[]
}

export function shownGroups({ findings, groups }: PageData, shown: readonly PageFinding[]): ShownGroup[] {
  const passing = new Set(shown)
  const pick = (positions: readonly number[]) =>
    positions.flatMap((position) => {
      const finding = findings[position]
      return finding && passing.has(finding) ? [finding] : []
    })
  return groups.flatMap((group) => {
    const atLine = pick([group.lead, ...group.sameLine])
    const explained = pick(group.explained)
    const [lead, ...sameLine] = atLine
    if (lead) return [{ lead, sameLine, explained }]
    const [first, ...others] = explained
    return first ? [{ lead: first, sameLine: [], explained: others }] : []
  })
}

export function holds({ lead, sameLine, explained }: ShownGroup, key: string | undefined): boolean {
  return [lead, ...sameLine, ...explained].some((finding) => finding.key === key)
}
