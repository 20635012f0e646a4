// Workflow commands of GitHub Actions: each finding becomes an annotation at its line. GitHub shows ten of a kind for each
// step and drops the others without a word, so the worst come first and the tenth says how many are left.
import type { Finding, Report, Reporter, ReporterOptions, Severity } from '../../types.ts'
import { formatFinding } from './console.ts'
import { clip } from './printable.ts'
import { repositoryPath } from './repository-path.ts'

export const githubReporter: Reporter = (report, options = {}) =>
  (Object.keys(COMMANDS) as Severity[])
    .flatMap((severity) =>
      annotate(
        COMMANDS[severity],
        report.findings.filter((finding) => finding.severity === severity),
        report,
        options,
      ),
    )
    .map((command) => `${command}\n`)
    .join('')

const COMMANDS: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'notice' }
/** Of one kind in one step. */
const SHOWN = 10
/** Far below what an annotation may hold; the report has the rest. */
const MESSAGE_LENGTH = 4000

function annotate(
  command: string,
  findings: readonly Finding[],
  report: Report,
  options: ReporterOptions,
): string[] {
  if (findings.length <= SHOWN) return findings.map((finding) => format(command, finding, report, options))
  const shown = findings.slice(0, SHOWN - 1)
  const left = findings.length - shown.length
  return [
    ...shown.map((finding) => format(command, finding, report, options)),
    `::${command} title=pg-loupe::${left} more are not annotated: GitHub shows ${SHOWN} of a kind for each step. The report has all of them.`,
  ]
}

function format(command: string, finding: Finding, report: Report, options: ReporterOptions): string {
  const [place] = finding.callSite
  const file = place && repositoryPath(place.file, options)
  const properties = [
    ...(file ? [['file', file]] : []),
    ...(file && place.line > 0 ? [['line', String(place.line)]] : []),
    ...(file && place.line > 0 && place.column ? [['col', String(place.column)]] : []),
    ['title', clip(`${finding.title} (${finding.detector}, ${finding.confidence})`, 200)],
  ].map(([name, value = '']) => `${name}=${escapeProperty(value)}`)
  return `::${command} ${properties.join(',')}::${escapeData(describe(finding, report, options))}`
}

/** What the console says below the heading. */
function describe(finding: Finding, report: Report, options: ReporterOptions): string {
  const [, ...lines] = formatFinding(finding, report, options).split('\n')
  const text = [clip(finding.route, 200), ...lines.map((line) => line.slice(4))].join('\n')
  return text.length > MESSAGE_LENGTH ? `${text.slice(0, MESSAGE_LENGTH)}…` : text
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
