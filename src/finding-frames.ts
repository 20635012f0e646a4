// Renames every place in the code that a finding names.
import type { Evidence, Finding } from './types/finding.ts'
import type { CallSite, Frame } from './types/query.ts'

export function withFrames(finding: Finding, rename: (frame: Frame) => Frame): Finding {
  const { statements } = finding
  const renameAll = (frames: CallSite) => frames.map(rename)
  const renameEvidence = (evidence: readonly Evidence[]) =>
    evidence.map((line) => (line.callSite ? { ...line, callSite: rename(line.callSite) } : line))
  return {
    ...finding,
    callSite: renameAll(finding.callSite),
    evidence: renameEvidence(finding.evidence),
    ...(statements
      ? {
          statements: statements.map((statement) => ({
            ...statement,
            callSite: renameAll(statement.callSite),
            evidence: renameEvidence(statement.evidence),
          })),
        }
      : {}),
  }
}
