// Evidence for a finding that names no line: all frames of its stacks were installed code, or none was left. It tells how
// a package gets to count as application code.
import type { Evidence } from '../types/finding.ts'
import type { CallSite } from '../types/query.ts'

export function unknownLineEvidence(callSite: CallSite): Evidence[] {
  if (callSite.length > 0) return []
  return [
    {
      label: 'no line',
      text: 'if an installed package sends it, application.include (PG_LOUPE_INCLUDE) counts that package as application code',
    },
  ]
}
