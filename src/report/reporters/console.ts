// The report as people read it in a terminal: a line per route, then each finding with its place first, the evidence,
// and one next step. It knows the shape of a finding, never which detector wrote it.
import pc from 'picocolors'
import type {
  Cost,
  Cut,
  Finding,
  Frame,
  Measured,
  Report,
  Reporter,
  ReporterOptions,
  RouteSummary,
  Severity,
} from '../../types.ts'
import { cutText } from './cut-text.ts'
import { placeName } from './place-name.ts'
import { clip as clipTo, printable } from './printable.ts'
import { countSuppressed, suppressionLines } from './suppression-lines.ts'

export const consoleReporter: Reporter = (report, options = {}) => {
  const blocks = [
    ...report.routes.map((route) => formatRoute(route, options)),
    ...report.findings.flatMap((finding) => ['', formatFinding(finding, report, options)]),
    ...(report.findings.length > 0 ? [''] : []),
    ...formatSuppressions(report, options),
    ...formatCut(report.cut, options),
  ]
  return blocks.map((block) => `${block}\n`).join('')
}

/** One line: name, queries, times. A note may follow. */
export function formatRoute(route: RouteSummary, options: ReporterOptions, note = ''): string {
  const { bold, dim } = pc.createColors(options.color ?? false)
  const { name, traces, queries, durationMs, databaseMs } = route
  const count = queries.min === queries.max ? String(queries.max) : `${queries.min} to ${queries.max}`
  const facts = [
    ...(traces > 1 ? [`${traces} times`] : []),
    `${count} ${queries.max === 1 ? 'query' : 'queries'}`,
    `${formatMilliseconds(durationMs.median)} (${formatMilliseconds(databaseMs.median)} in queries)`,
    ...(note ? [note] : []),
  ]
  return `${bold(printable(name))}  ${dim(facts.join('  '))}`
}

export function formatFinding(
  finding: Finding,
  { measured }: Pick<Report, 'measured'>,
  options: ReporterOptions,
): string {
  const colors = pc.createColors(options.color ?? false)
  const { bold, dim, cyan } = colors
  const paint = { error: colors.red, warning: colors.yellow, info: colors.blue }[finding.severity]
  const place = finding.callSite[0]
  const rows: [label: string, text: string][] = [
    ['at', place ? cyan(formatFrame(place, options)) : dim('no line of the application is known')],
    ...(finding.severity === 'info' ? [] : formatEvidence(finding, options)),
    ['why', clip(finding.detail)],
    ['instead', bold(clip(finding.remediation))],
    ...(finding.severity === 'info' ? [] : formatFix(finding, measured[finding.key], options)),
  ]
  const width = Math.max(...rows.map(([label]) => label.length))
  const heading = `  ${paint(MARKS[finding.severity])} ${bold(printable(finding.title))}  ${dim(
    `${clip(finding.detector, LABEL_LENGTH)}, ${finding.confidence}`,
  )}`
  return [heading, ...rows.map(([label, text]) => `    ${dim(label.padEnd(width))}  ${text}`)].join('\n')
}

/** Findings of severity `info` in one line; `next` says where they can be read in full. */
export function formatHints(hints: readonly Finding[], next: string, options: ReporterOptions): string {
  const { blue, dim } = pc.createColors(options.color ?? false)
  const named = hints.slice(0, HINTS).map(placeName)
  const left = hints.length - named.length
  const names = [...named, ...(left > 0 ? [`${left} more`] : [])].join(', ')
  return `  ${blue(MARKS.info)} ${dim(`${hints.length} ${hints.length === 1 ? 'hint' : 'hints'}: ${names}${next ? `; ${next}` : ''}`)}`
}

/** Hints named in one line. */
const HINTS = 3

/** What is only to be known of is said in few lines; the report has the rest. */
function formatEvidence({ callSite, evidence }: Finding, options: ReporterOptions): [string, string][] {
  const { dim } = pc.createColors(options.color ?? false)
  return [
    ...callSite
      .slice(1, CALLERS + 1)
      .map((frame): [string, string] => ['from', dim(formatFrame(frame, options))]),
    ...evidence.map(({ label, text, callSite: place }): [string, string] => [
      clip(label, LABEL_LENGTH),
      [clip(text), place && dim(`(${formatFrame(place, options)})`)].filter(Boolean).join('  '),
    ]),
  ]
}

function formatFix(
  { fix = '', cost }: Finding,
  measured: Measured | undefined,
  options: ReporterOptions,
): [string, string][] {
  const { bold } = pc.createColors(options.color ?? false)
  const lines = fix.split('\n').filter((line) => line !== '')
  return [
    ...lines.map((line): [string, string] => ['', bold(indented(line))]),
    ...formatSavings(cost, measured, options).map((text): [string, string] => ['saves', text]),
  ]
}

/** Code keeps the indentation that other text has no use for. */
function indented(line: string): string {
  return `${/^ {0,40}/.exec(line)?.[0]}${clip(line.trimStart(), FIX_LENGTH)}`
}

/** Callers shown below the line itself: enough to tell which of several ways led there. */
const CALLERS = 2
/** Labels stand in a column, as wide as the longest. */
const LABEL_LENGTH = 40
/** A statement can be megabytes long; what tells it apart stands at its start. */
const TEXT_LENGTH = 240
/** What is to be copied has to be whole; only what nobody would copy is cut. */
const FIX_LENGTH = 4000
const MARKS: Record<Severity, string> = { error: '✖', warning: '▲', info: '●' }

export function formatFrame({ file, line, column, function: name }: Frame, { cwd }: ReporterOptions): string {
  const short = cwd && file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file
  const position = [short, ...(line ? [line] : []), ...(line && column ? [column] : [])].join(':')
  return printable(`${position}${name ? ` ${name}` : ''}`)
}

/** Nothing where nothing can be counted; beside what was measured, what it would be on a network. */
export function formatSavings(
  { roundTrips, rows, bytes, perRow }: Cost,
  measured: Measured | undefined,
  { roundTripMs = 1 }: ReporterOptions,
): string[] {
  if (roundTrips === 0) {
    const wasted = [...(rows ? [`${rows} rows`] : []), ...(bytes ? [formatBytes(bytes)] : [])]
    return wasted.length > 0 ? [wasted.join(', ')] : []
  }
  const saved = `${roundTrips} round ${roundTrips === 1 ? 'trip' : 'trips'}`
  if (!measured || measured.spentMs === 0) return [saved]
  const trips = roundTrips + 1
  const eachMs = measured.spentMs / trips
  const remoteTrips = perRow ? TEN_TIMES * trips - 1 : roundTrips
  const remote = `${formatMilliseconds(remoteTrips * (eachMs + roundTripMs))} at ${roundTripMs} ms a round trip`
  return [
    `${saved}: ${formatMilliseconds(roundTrips * eachMs)} here, ${remote}${perRow ? ' and ten times the rows' : ''}`,
  ]
}

/** A development database holds a fraction of what production will. */
const TEN_TIMES = 10

function formatBytes(bytes: number): string {
  const [unit, size] = bytes < 1000 ? ['bytes', 1] : bytes < 1e6 ? ['kB', 1000] : ['MB', 1e6]
  const count = bytes / size
  return `${count < 10 && size > 1 ? count.toFixed(1) : Math.round(count)} ${unit}`
}

/** How many findings are left out, and a line for each reason that leaves none out. */
export function formatSuppressions(
  { suppressed, suppressions }: Pick<Report, 'suppressed' | 'suppressions'>,
  options: ReporterOptions,
): string[] {
  const { dim, yellow } = pc.createColors(options.color ?? false)
  const count = countSuppressed(suppressed, suppressions)
  const lines = suppressionLines(suppressions).map(({ state, what, next, at }) => {
    const place = at ? ` ${dim(formatFrame(at, options))}` : ''
    return `  ${yellow(state.padEnd(STATE_WIDTH))}  ${clip(what)}${place}: ${next}`
  })
  return [...(count ? [dim(`${count}.`)] : []), ...lines]
}

const STATE_WIDTH = 'expired'.length

function formatCut(cut: Cut, options: ReporterOptions): string[] {
  const { dim } = pc.createColors(options.color ?? false)
  const lines = cutText(cut)
  return lines.length > 0 ? [dim(`Left out: ${lines.join('; ')}.`)] : []
}

export function formatMilliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

export function clip(text: string, length = TEXT_LENGTH): string {
  return clipTo(text, length)
}
