// The findings that match the filters, in the order of the report: worst first.
import type { PageFinding } from '../page-data.ts'
import type { Address } from './page.ts'
import { placeText } from './place-text.ts'
import { textSearch } from './text-search.ts'

export function findingFilter(findings: readonly PageFinding[]) {
  const search = textSearch(findings, (finding) => [
    finding.title,
    finding.detector,
    finding.route,
    finding.confidence,
    finding.detail,
    finding.remediation,
    finding.fix,
    finding.key,
    ...finding.statements.map(({ text, callSite: [place] }) => `${text} ${place?.function ?? ''}`),
    ...finding.evidence.map(({ label, text }) => `${label} ${text}`),
    ...finding.callSite.map((frame) => `${placeText(frame)} ${frame.function ?? ''}`),
  ])

  const filter = ({ search: words, severities, detector, on }: Address): readonly PageFinding[] =>
    search(words).filter(
      (finding) =>
        (severities.length === 0 || severities.includes(finding.severity)) &&
        (detector === '' || finding.detector === detector) &&
        (on === '' || finding.route === on),
    )
  return filter
}
