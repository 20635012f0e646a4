// The lines that a finding names, in one order for the page and the panel, so that a line can be named by its position.
import type { Finding } from '../types/finding.ts'
import type { Frame } from '../types/query.ts'

/** `statements` come last, because the page leaves out a single one. */
export function findingLines({
  callSite,
  evidence,
  statements = [],
}: Pick<Finding, 'callSite' | 'evidence' | 'statements'>): Frame[] {
  return [
    ...callSite,
    ...evidence.flatMap(({ callSite: frame }) => frame ?? []),
    ...statements.flatMap((statement) => [
      ...statement.callSite,
      ...statement.evidence.flatMap(({ callSite: frame }) => frame ?? []),
    ]),
  ]
}
