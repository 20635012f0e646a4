// The data of the page: the findings and routes of the report, and those of its traces that fit. Values never reach the page:
// parameters are left out, and literals in statements are neutralised again, because traces that other tools recorded may
// contain them.

import { describeDetector, describedIds, webPage } from '../../../detectors/describe-detector.ts'
import { type Editor, linkTemplate } from '../../../editor-link.ts'
import { withFrames } from '../../../finding-frames.ts'
import { neutralLiterals } from '../../../sql/fingerprint/neutral-literals.ts'
import type { Evidence, Finding, LoopStatement, Occurrence } from '../../../types/finding.ts'
import type { Frame } from '../../../types/query.ts'
import type { Comparison, Report, RouteSummary } from '../../../types/report.ts'
import type { ReporterOptions } from '../../../types/reporter.ts'
import type { Trace } from '../../../types/trace.ts'
import { groupFindings } from '../../finding-groups.ts'
import { findingTitle, mainTable } from '../../finding-title.ts'
import { formatSavings } from '../console.ts'
import { leftOutText } from '../left-out-text.ts'
import { countSuppressed, suppressionLines } from '../suppression-lines.ts'
import { chooseTraces } from './choose-traces.ts'
import { type PageTrace, pageTrace } from './page-trace.ts'

export interface PageData {
  version: string
  traceCount: number
  queryCount: number
  findings: readonly PageFinding[]
  groups: readonly PageGroup[]
  /** Absent without a base report. */
  compared?: PageComparison
  /** The address of a line in the configured editor. Absent when the reader has to choose an editor. */
  editor?: { template: string; folder?: string }
  /** The web pages of detectors by their ids. Absent when no detector has one. */
  detectorPages?: Readonly<Record<string, string>>
  routes: readonly RouteSummary[]
  traces: readonly PageTrace[]
  /** Number of traces that were left out because they sent no query. */
  emptyTraces: number
  /** Statements and frames of queries, each stored once. */
  statements: readonly string[]
  frames: readonly Frame[]
  /** Sentences about everything that is not in the page. */
  leftOut: readonly string[]
}

export interface PageFinding extends Omit<Finding, 'occurrences'> {
  /** The statements of a loop, when it has several. A single statement is described by the finding itself. */
  statements: readonly LoopStatement[]
  occurrences: readonly PageOccurrence[]
  /** The possible saving, in words. */
  saves: readonly string[]
  /** The finding's statement, to recognise it by. */
  subject?: { table?: string; text: string }
}

/** One mistake in the source, as positions among the findings, the worst first. */
export interface PageGroup {
  lead: number
  sameLine: readonly number[]
  explained: readonly number[]
}

/** The new and the grown findings, by their keys. All of them are findings of the page. */
export interface PageComparison {
  new: readonly string[]
  grown: readonly { key: string; before: number; after: number }[]
  fixed: readonly FormerFinding[]
  /** Findings whose route did not run, so that their state is unknown. */
  unseen: readonly FormerFinding[]
  known: number
}

/** The state in the base report. */
export type FormerFinding = Pick<
  PageFinding,
  'key' | 'severity' | 'confidence' | 'detector' | 'title' | 'route' | 'callSite' | 'cost' | 'subject'
>

/** The positions of the queries are known for the traces in the page. */
interface PageOccurrence extends Partial<Occurrence> {
  trace: string
  /** Number of queries. */
  count: number
}

/** Maximum length of a statement. One can be megabytes long, and nobody reads further than this. */
const TEXT_LENGTH = 10_000
/** Maximum length of text that is meant to be copied, beyond what anybody would copy. */
const FIX_LENGTH = 100_000
export function pageData(report: Report, options: ReporterOptions): PageData {
  const { cwd } = options
  const occurrences = report.findings.map((finding) => occurrencesOf(finding, options))
  const given = options.traces ?? []
  const sent = given.filter((trace) => !isEmpty(trace))
  const { traces, leftOut } = chooseTraces(occurrences, sent)
  const inPage = new Set(traces.map(({ id }) => id))
  const findings = report.findings.map((finding, index) => ({
    ...pageFinding(finding, report, options),
    occurrences: (occurrences[index] ?? []).map((one) => ({
      ...(inPage.has(one.trace) ? one : { trace: one.trace }),
      count: one.queryCount ?? one.queries.length,
    })),
  }))
  const statements = numbered<string>((sql) => sql)
  const frames = numbered<Frame>(
    ({ file, line, column, function: name }) => `${file}\n${line}\n${column}\n${name}`,
  )
  const neutral = new Map<string, string>()
  const numberStatement = (sql: string): number => {
    const text = neutral.get(sql) ?? clip(neutralLiterals(sql), TEXT_LENGTH)
    neutral.set(sql, text)
    return statements.number(text)
  }
  const numberFrame = (frame: Frame): number => frames.number(shortFrame(frame, cwd))
  return {
    version: report.tool.version,
    traceCount: report.traces,
    queryCount: report.queries,
    findings,
    groups: pageGroups(report),
    ...(options.comparison ? { compared: pageComparison(options.comparison, options) } : {}),
    ...(options.editor ? { editor: pageEditor(options.editor, cwd) } : {}),
    ...detectorPages(report),
    routes: report.routes,
    traces: traces.map((trace) => pageTrace(trace, numberStatement, numberFrame)),
    emptyTraces: given.length - sent.length,
    statements: statements.all,
    frames: frames.all,
    leftOut: [...leftOut, ...leftOutText(report.cut).map((text) => `${text}.`), ...suppressionTexts(report)],
  }
}

function detectorPages(report: Report): Pick<PageData, 'detectorPages'> {
  const urls = describedIds(report).flatMap((id) => {
    const url = webPage(describeDetector(report, id) ?? {})
    return url === undefined ? [] : [[id, url]]
  })
  return urls.length > 0 ? { detectorPages: Object.fromEntries(urls) } : {}
}

function isEmpty({ queries, truncated, onlyCounted }: Trace): boolean {
  return queries.length + truncated + (onlyCounted?.queries ?? 0) === 0
}

function pageGroups(report: Report): PageGroup[] {
  const { findings } = report
  const positions = new Map(findings.map((finding, index) => [finding, index]))
  const positionsOf = (some: readonly Finding[]) => some.map((finding) => positions.get(finding) ?? 0)
  return groupFindings(findings, report).map(({ lead, sameLine, explained }) => ({
    lead: positions.get(lead) ?? 0,
    sameLine: positionsOf(sameLine),
    explained: positionsOf(explained),
  }))
}

/** The part of a finding that a row of a list shows. */
export function formerFinding(found: Finding, cwd: string | undefined): FormerFinding {
  const { key, severity, confidence, detector, route, callSite, cost } = found
  return {
    key,
    severity,
    confidence,
    detector,
    title: findingTitle(found),
    route,
    callSite: callSite.slice(0, 1).map((frame) => shortFrame(frame, cwd)),
    cost,
    ...subjectOf(found),
  }
}

function pageComparison(comparison: Comparison, { cwd }: ReporterOptions): PageComparison {
  const former = (found: Finding) => formerFinding(found, cwd)
  return {
    new: comparison.new.map(({ key }) => key),
    grown: comparison.grown.map(({ finding: { key }, before, after }) => ({ key, before, after })),
    fixed: comparison.fixed.map(former),
    unseen: comparison.unseen.map(former),
    known: comparison.known,
  }
}

/** The folder is one of this machine, so it is included only when links for this machine were configured. */
function pageEditor(editor: Editor, folder: string | undefined): { template: string; folder?: string } {
  return { template: linkTemplate(editor), ...(folder ? { folder } : {}) }
}

function suppressionTexts(report: Report): string[] {
  const count = countSuppressed(report.suppressed, report.suppressions)
  const lines = suppressionLines(report)
  return [
    ...(count ? [`${count}.`] : []),
    ...lines.map(({ state, what, next }) => `${what}, ${state}: ${next}.`),
  ]
}

function pageFinding(
  found: Finding,
  { measured }: Report,
  options: ReporterOptions,
): Omit<PageFinding, 'occurrences'> {
  const finding = withFrames(found, (frame) => shortFrame(frame, options.cwd))
  const { evidence, fix, statements } = finding
  return {
    ...finding,
    title: findingTitle(found),
    evidence: clipEvidence(evidence),
    ...clipFix(fix),
    ...(statements && statements.length > 1
      ? { statements: statements.map(pageStatement) }
      : { statements: [] }),
    saves: formatSavings(finding.cost, measured[finding.key], options),
    ...subjectOf(found),
  }
}

/** Maximum length of a condition, enough for one line of a list. */
const SUBJECT_LENGTH = 400

function subjectOf({ statements, evidence }: Finding): Pick<PageFinding, 'subject'> {
  const text = statements?.[0]?.text ?? evidence[0]?.text
  if (!text) return {}
  const table = mainTable(text)
  const oneLine = text.replace(/\s+/g, ' ')
  const shown =
    oneLine.length > SUBJECT_LENGTH
      ? `${oneLine.slice(0, SUBJECT_LENGTH / 2)} … ${oneLine.slice(-SUBJECT_LENGTH / 2)}`
      : oneLine
  return { subject: { ...(table ? { table } : {}), text: shown } }
}

function pageStatement(statement: LoopStatement): LoopStatement {
  const { text, fix, evidence } = statement
  return { ...statement, text: clip(text, TEXT_LENGTH), ...clipFix(fix), evidence: clipEvidence(evidence) }
}

function clipEvidence(evidence: readonly Evidence[]): Evidence[] {
  return evidence.map((line) => ({ ...line, text: clip(line.text, TEXT_LENGTH) }))
}

function clipFix(fix: string | undefined): { fix?: string } {
  return fix === undefined ? {} : { fix: clip(fix, FIX_LENGTH) }
}

/** The occurrences of the report and those that are kept beside it, each once. */
function occurrencesOf(
  { key, occurrences }: Finding,
  { occurrences: kept = {} }: ReporterOptions,
): Occurrence[] {
  // The prototype is null, because a key of a report file may be any word, including `constructor`.
  const further = Object.hasOwn(kept, key) ? (kept[key] ?? []) : []
  const known = new Map([...occurrences, ...further].map((one) => [`${one.trace}\n${one.queries[0]}`, one]))
  return [...known.values()]
}

/** Numbers each value once, in the order of first use. */
function numbered<T>(key: (value: T) => string) {
  const known = new Map<string, number>()
  const all: T[] = []
  const number = (value: T): number => {
    const name = key(value)
    const position = known.get(name) ?? all.push(value) - 1
    known.set(name, position)
    return position
  }
  return { all, number }
}

function shortFrame(frame: Frame, cwd: string | undefined): Frame {
  return cwd && frame.file.startsWith(`${cwd}/`)
    ? { ...frame, file: frame.file.slice(cwd.length + 1) }
    : frame
}

function clip(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length)} … (${(text.length - length).toLocaleString('en')} more characters)`
}
