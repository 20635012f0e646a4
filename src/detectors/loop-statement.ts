// A finding about one repeated statement, with that statement as its only one, so that the statements of one loop can be
// joined later.
import type { Finding } from '../types/finding.ts'
import { severityOf } from '../worst-first.ts'

export function loopOfOne(
  finding: Omit<Finding, 'severity' | 'statements'>,
  { text, fingerprint, count }: { text: string; fingerprint: string; count: number },
): Finding {
  const { detector, confidence, callSite, detail, remediation, fix, evidence } = finding
  const statement = { detector, fingerprint, text, count, confidence, callSite, detail, remediation }
  return {
    ...finding,
    severity: severityOf(finding.cost),
    statements: [{ ...statement, ...(fix === undefined ? {} : { fix }), evidence }],
  }
}
