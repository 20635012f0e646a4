// GitLab's code quality report, which shows new and fixed findings in the merge request. GitLab compares by fingerprint
// alone, so the fingerprint is made from the finding's key and does not change when lines move. Findings that a baseline
// accepts are left out, as in the report of the target branch.
import { hashText } from '../../text/hash-text.ts'
import type { Finding, Severity } from '../../types/finding.ts'
import type { Report } from '../../types/report.ts'
import type { Reporter, ReporterOptions } from '../../types/reporter.ts'
import { findingsToShow } from './held-back.ts'
import { clip, printable } from './printable.ts'
import { NO_FILE, repositoryPath } from './repository-path.ts'

export const gitlabReporter: Reporter = { meta: { name: 'gitlab' }, render: renderIssues }

function renderIssues(report: Report, options: ReporterOptions = {}): string {
  return `${JSON.stringify(
    findingsToShow(report.findings, options.states).shown.map((finding) => formatIssue(finding, options)),
    null,
    2,
  )}\n`
}

const SEVERITIES: Record<Severity, string> = { error: 'major', warning: 'minor', info: 'info' }
const DESCRIPTION_LENGTH = 1000

function formatIssue(finding: Finding, options: ReporterOptions) {
  const { detector, severity, title, detail, remediation, key, route, callSite } = finding
  const [place] = callSite
  const path = place && repositoryPath(place.file, options)
  return {
    type: 'issue',
    check_name: printable(detector),
    description: clip(
      `${title} (${route}). ${detail} ${path ? '' : 'No line of the repository is known. '}${remediation}`,
      DESCRIPTION_LENGTH,
    ),
    categories: ['Performance'],
    severity: SEVERITIES[severity],
    fingerprint: hashText(key),
    location: { path: path ?? NO_FILE, lines: { begin: path ? Math.max(1, place.line) : 1 } },
  }
}
