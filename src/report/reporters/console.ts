// The report for people in a terminal: one line per route, then each finding with its place first, the evidence, and one next
// step. It knows the shape of a finding, but no detector.
import pc from 'picocolors'
import { editorLink, linkTemplate } from '../../editor-link.ts'
import type { Cost, Finding, Severity } from '../../types/finding.ts'
import type { Frame } from '../../types/query.ts'
import type { Cut, Measured, Report, RouteSummary } from '../../types/report.ts'
import type { Reporter, ReporterOptions } from '../../types/reporter.ts'
import { findingsToShow, heldBackLines, type ShownFindings } from './held-back.ts'
import { leftOutText } from './left-out-text.ts'
import { placeName } from './place-name.ts'
import { clip as clipTo, printable } from './printable.ts'
import { countSuppressed, suppressionLines } from './suppression-lines.ts'
import { hang, type Piece } from './wrap-text.ts'

export const consoleReporter: Reporter = { meta: { name: 'console' }, render: renderConsole }

function renderConsole(report: Report, options: ReporterOptions = {}): string {
  const held = findingsToShow(report.findings, options.states)
  const blocks = [
    ...listedRoutes(report).map((route) => formatRoute(route, options)),
    ...formatSuppressions(report, options),
    ...formatCut(report.cut, options),
    ...formatHeldBack(held, options),
    ...held.shown.flatMap((finding) => ['', formatFindingOfRoute(finding, report, options)]),
    ...(held.shown.length > 0 ? [''] : []),
  ]
  return blocks.map((block) => `${block}\n`).join('')
}

/**
 * Lists routes that sent queries. A test whose requests have traces of their own sends none itself. When no route sent
 * queries, all are listed.
 */
function listedRoutes({ routes }: Report): readonly RouteSummary[] {
  const withQueries = routes.filter(({ queries }) => queries.max > 0)
  return withQueries.length > 0 ? withQueries : routes
}

/** One line: name, queries, times. The name of the printing program may precede it, and a note may follow. */
export function formatRoute(route: RouteSummary, options: ReporterOptions, note = '', by = ''): string {
  const { bold, dim } = pc.createColors(options.color ?? false)
  const { name, traces, queries, durationMs, databaseMs } = route
  const count = queries.min === queries.max ? String(queries.max) : `${queries.min} to ${queries.max}`
  const facts = [
    ...(traces > 1 ? [`${traces} times`] : []),
    `${count} ${queries.max === 1 ? 'query' : 'queries'}`,
    `${formatMilliseconds(durationMs.median)} (${formatMilliseconds(databaseMs.median)} in queries)`,
    ...(note ? [note] : []),
  ]
  const pieces = [
    { text: printable(name), paint: bold },
    { text: `  ${facts.join('  ')}`, paint: dim },
  ]
  const head = by === '' ? '' : `${by}  `
  return hang(dim(head), head.length, pieces, options.width)
}

/** A finding below the name of its trace, for output that has no line for that trace. */
export function formatFindingOfRoute(
  finding: Finding,
  report: Pick<Report, 'measured'>,
  options: ReporterOptions,
): string {
  const { bold, dim } = pc.createColors(options.color ?? false)
  const route = [{ text: clip(finding.route), paint: bold }]
  return `${hang(`  ${dim('in')} `, 5, route, options.width)}\n${formatFinding(finding, report, options)}`
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
  const rows: Row[] = [
    ['at', place ? [framePiece(place, options, cyan)] : [{ text: UNKNOWN_LINE, paint: dim }]],
    ...(finding.severity === 'info' ? [] : formatEvidence(finding, options)),
    ['why', [{ text: clip(finding.detail) }]],
    ['instead', [{ text: clip(finding.remediation), paint: bold }]],
    ...(finding.severity === 'info' ? [] : formatFix(finding, measured[finding.key], options)),
  ]
  const width = Math.max(...rows.map(([label]) => label.length))
  const heading = [
    { text: printable(finding.title), paint: bold },
    { text: `  ${clip(finding.detector, LABEL_LENGTH)}, ${finding.confidence}`, paint: dim },
  ]
  return [
    hang(`  ${paint(MARKS[finding.severity])} `, 4, heading, options.width),
    ...rows.map(([label, pieces, isWhole]) =>
      hang(`    ${dim(label.padEnd(width))}  `, width + 6, pieces, isWhole ? undefined : options.width),
    ),
  ].join('\n')
}

/** A label with its text. The last part is true when the text is meant to be copied and must stay on one line. */
type Row = [label: string, pieces: readonly Piece[], isWhole?: boolean]

const UNKNOWN_LINE = 'no line of the application is known'

/** Findings of severity `info` in one line. `next` says where to read them in full. */
export function formatHints(hints: readonly Finding[], next: string, options: ReporterOptions): string {
  const { blue, dim } = pc.createColors(options.color ?? false)
  const named = hints.slice(0, HINTS).map(placeName)
  const left = hints.length - named.length
  const names = [...named, ...(left > 0 ? [`${left} more`] : [])].join(', ')
  const text = `${hints.length} ${hints.length === 1 ? 'hint' : 'hints'}: ${names}${next ? `; ${next}` : ''}`
  return hang(`  ${blue(MARKS.info)} `, 4, [{ text, paint: dim }], options.width)
}

/** Names hints in one line. */
const HINTS = 3

/** Findings of severity `info` take few lines; the report has their details. */
function formatEvidence({ callSite, evidence }: Finding, options: ReporterOptions): Row[] {
  const { dim } = pc.createColors(options.color ?? false)
  return [
    ...callSite.slice(1, CALLERS + 1).map((frame): Row => ['from', [framePiece(frame, options, dim)]]),
    ...evidence.map(({ label, text, callSite: place }): Row => {
      const seen = place
        ? [
            { text: '  ' },
            { text: '(', paint: dim },
            framePiece(place, options, dim),
            { text: ')', paint: dim },
          ]
        : []
      return [clip(label, LABEL_LENGTH), [{ text: clip(text) }, ...seen]]
    }),
  ]
}

function formatFix(
  { fix = '', cost }: Finding,
  measured: Measured | undefined,
  options: ReporterOptions,
): Row[] {
  const { bold } = pc.createColors(options.color ?? false)
  const lines = fix.split('\n').filter((line) => line !== '')
  return [
    ...lines.map((line): Row => ['', [{ text: indented(line), paint: bold }], true]),
    ...formatSavings(cost, measured, options).map((text): Row => ['saves', [{ text }]]),
  ]
}

/** Code keeps its indentation; other text does not need it. */
function indented(line: string): string {
  return `${/^ {0,40}/.exec(line)?.[0]}${clip(line.trimStart(), FIX_LENGTH)}`
}

/** Maximum number of callers below the line itself, enough to distinguish several ways to it. */
const CALLERS = 2
/** The labels form a column that is as wide as the longest. */
const LABEL_LENGTH = 40
/** A statement can be megabytes long, and its beginning distinguishes it. */
const TEXT_LENGTH = 240
/** Text that is meant to be copied is printed in full unless it is longer than anybody would copy. */
const FIX_LENGTH = 4000
const MARKS: Record<Severity, string> = { error: '✖', warning: '▲', info: '●' }

/** The numbers of findings that the baseline accepts. */
export function formatHeldBack(held: ShownFindings, options: ReporterOptions): string[] {
  const { dim } = pc.createColors(options.color ?? false)
  return heldBackLines(held, options.states).map((line) =>
    hang('', 0, [{ text: printable(line), paint: dim }], options.width),
  )
}

/** A place, as a link where the terminal supports links. */
function framePiece(frame: Frame, options: ReporterOptions, paint: (text: string) => string): Piece {
  const link = options.links ? editorLink(frame, linkTemplate(options.editor), options.cwd) : undefined
  return {
    text: formatFrame(frame, options),
    paint:
      link === undefined ? paint : (text) => `${ESCAPE}]8;;${link}${BELL}${paint(text)}${ESCAPE}]8;;${BELL}`,
  }
}

const ESCAPE = '\u001b'
const BELL = '\u0007'

export function formatFrame({ file, line, column, function: name }: Frame, { cwd }: ReporterOptions): string {
  const short = cwd && file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file
  const position = [short, ...(line ? [line] : []), ...(line && column ? [column] : [])].join(':')
  return printable(`${position}${name ? ` ${name}` : ''}`)
}

/** Empty when there is nothing to count. The estimate for a network follows the measured time. */
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

/** A development database has a fraction of the production data. */
const TEN_TIMES = 10

function formatBytes(bytes: number): string {
  const [unit, size] = bytes < 1000 ? ['bytes', 1] : bytes < 1e6 ? ['kB', 1000] : ['MB', 1e6]
  const count = bytes / size
  return `${count < 10 && size > 1 ? count.toFixed(1) : Math.round(count)} ${unit}`
}

/** The number of suppressed findings, and a line for each suppression that has no effect. */
export function formatSuppressions(
  report: Pick<Report, 'suppressed' | 'suppressions' | 'rules'>,
  options: ReporterOptions,
): string[] {
  const { dim, yellow } = pc.createColors(options.color ?? false)
  const count = countSuppressed(report.suppressed, report.suppressions)
  const lines = suppressionLines(report).map(({ state, what, next, at }) => {
    const place = at ? [{ text: ' ' }, framePiece(at, options, dim)] : []
    const pieces = [{ text: clip(what) }, ...place, { text: `: ${next}` }]
    return hang(`  ${yellow(state.padEnd(STATE_WIDTH))}  `, STATE_WIDTH + 4, pieces, options.width)
  })
  return [...(count ? [dim(`${count}.`)] : []), ...lines]
}

const STATE_WIDTH = 'expired'.length

function formatCut(cut: Cut, options: ReporterOptions): string[] {
  const { dim } = pc.createColors(options.color ?? false)
  const lines = leftOutText(cut)
  return lines.length > 0
    ? [hang('', 0, [{ text: `Left out: ${lines.join('; ')}.`, paint: dim }], options.width)]
    : []
}

export function formatMilliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

export function clip(text: string, length = TEXT_LENGTH): string {
  return clipTo(text, length)
}
