// Workflow commands of GitHub Actions: each finding becomes an annotation at its line. GitHub shows ten annotations of each
// kind per step and silently drops the others, so the worst come first and the tenth says how many are missing.
import type { Finding, Severity } from '../../types/finding.ts'
import type { Frame } from '../../types/query.ts'
import type { Comparison, Report } from '../../types/report.ts'
import type { Reporter, ReporterOptions } from '../../types/reporter.ts'
import { SEVERITIES } from '../../worst-first.ts'
import { formatFinding } from './console.ts'
import { findingsToShow, grownFinding, heldBackLines } from './held-back.ts'
import { clip } from './printable.ts'
import { inRepository, repositoryPath } from './repository-path.ts'
import { suppressionLines } from './suppression-lines.ts'

export const githubReporter: Reporter = { meta: { name: 'github' }, render: renderAnnotations }

function renderAnnotations(report: Report, options: ReporterOptions = {}): string {
  const held = findingsToShow(report.findings, options.states)
  return formatCommands({ ...report, findings: held.shown }, options, heldBackLines(held, options.states))
}

/** Annotates new and grown findings only: known ones would take up the limited number of annotations. */
export function githubComparison({ new: added, grown }: Comparison, options: ReporterOptions = {}): string {
  const changed = grown.map(({ finding, before, after }) => grownFinding(finding, { before, after }))
  return formatCommands({ findings: [...added, ...changed], measured: {}, suppressions: [] }, options)
}

type Told = Pick<Report, 'findings' | 'measured' | 'suppressions' | 'rules'>

/** `notes` are annotations without a line. */
function formatCommands(told: Told, options: ReporterOptions, notes: readonly string[] = []): string {
  const commands = SEVERITIES.flatMap((severity) => {
    const findings = told.findings.filter((finding) => finding.severity === severity)
    return limit(COMMANDS[severity], [
      ...(severity === 'info' ? notes.map((note) => annotate(undefined, 'pg-loupe', note, options)) : []),
      ...findings.map((finding) => annotateFinding(finding, told, options)),
      ...(severity === 'warning' ? annotateSuppressions(told, options) : []),
    ])
  })
  return commands.map((command) => `${command}\n`).join('')
}

const COMMANDS: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'notice' }
/** Maximum number of annotations of one kind in one step. */
const SHOWN = 10
/** Far below the maximum length of an annotation; the report has the details. */
const MESSAGE_LENGTH = 4000
const TITLE_LENGTH = 200

/** The properties and the message of a command, without its name. */
type Annotation = `${string}::${string}`

function limit(command: string, annotations: readonly Annotation[]): string[] {
  const isCut = annotations.length > SHOWN
  const shown = isCut ? annotations.slice(0, SHOWN - 1) : annotations
  const left = annotations.length - shown.length
  const note = `title=pg-loupe::${left} more are not annotated: GitHub shows ${SHOWN} of a kind for each step. The report has all of them.`
  return [...shown, ...(isCut ? [note] : [])].map((annotation) => `::${command} ${annotation}`)
}

function annotateFinding(finding: Finding, told: Told, options: ReporterOptions): Annotation {
  const { title, detector, confidence, callSite } = finding
  return annotate(
    callSite[0],
    `${title} (${detector}, ${confidence})`,
    describe(finding, told, options),
    options,
  )
}

/** Suppressions that have no effect any more are annotated until somebody removes or renews them. */
function annotateSuppressions(told: Told, options: ReporterOptions): Annotation[] {
  return suppressionLines(told).map(({ what, next, at }) =>
    annotate(at, 'pg-loupe suppression', clip(`${what}: ${next}`, MESSAGE_LENGTH), options),
  )
}

function annotate(
  place: Frame | undefined,
  title: string,
  message: string,
  options: ReporterOptions,
): Annotation {
  const file = place && repositoryPath(place.file, options)
  const properties = [
    ...(file ? [['file', file]] : []),
    ...(file && place.line > 0 ? [['line', String(place.line)]] : []),
    ...(file && place.line > 0 && place.column ? [['col', String(place.column)]] : []),
    ['title', clip(title, TITLE_LENGTH)],
  ].map(([name, value = '']) => `${name}=${escapeProperty(value)}`)
  return `${properties.join(',')}::${escapeData(message)}`
}

/** The same lines as the console prints below the heading of a finding. */
function describe(finding: Finding, told: Told, options: ReporterOptions): string {
  const [, ...lines] = formatFinding(inRepository(finding, options), told, options).split('\n')
  const text = [clip(finding.route, TITLE_LENGTH), ...lines.map((line) => line.slice(4))].join('\n')
  return text.length > MESSAGE_LENGTH ? `${text.slice(0, MESSAGE_LENGTH)}…` : text
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
