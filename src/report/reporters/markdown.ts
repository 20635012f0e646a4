// Markdown for reviewers of a pull request: `markdown` for the summary of a job and `markdown-comment` for a comment, which
// differ in their maximum length. A table of the findings comes first, then each finding with its evidence, worst first, then
// the routes.
import { plural } from '../../text/plural.ts'
import type { Finding, Severity } from '../../types/finding.ts'
import type { Report, RouteSummary } from '../../types/report.ts'
import type { Reporter, ReporterOptions } from '../../types/reporter.ts'
import { SEVERITIES } from '../../worst-first.ts'
import { formatFrame, formatMilliseconds, formatSavings } from './console.ts'
import { findingsToShow, heldBackLines, type ShownFindings } from './held-back.ts'
import { leftOutText } from './left-out-text.ts'
import { markdownBlock, markdownCellCode, markdownCode, markdownText } from './markdown-text.ts'
import { inRepository } from './repository-path.ts'
import { joinSections } from './sections.ts'
import { countSuppressed, suppressionLines } from './suppression-lines.ts'

export const markdownReporter: Reporter = {
  meta: { name: 'markdown' },
  render: (report, options = {}) => formatMarkdown(report, options, SUMMARY_BYTES),
}

/** Starts with a mark by which a later run finds the comment and replaces it. */
export const markdownCommentReporter: Reporter = {
  meta: { name: 'markdown-comment' },
  render: (report, options = {}) => COMMENT_MARK + formatMarkdown(report, options, COMMENT_BYTES),
}

export const COMMENT_MARK = '<!-- pg-loupe -->\n'
/** GitHub accepts 1 MiB for a step and drops longer text. A little room is left for additions by others. */
export const SUMMARY_BYTES = 1_000_000
/** GitHub accepts 65,536 characters. */
export const COMMENT_BYTES = 65_000

const MARKS: Record<Severity, string> = { error: '❌', warning: '⚠️', info: 'ℹ️' }

function formatMarkdown(report: Report, options: ReporterOptions, limitBytes: number): string {
  const { routes } = report
  const held = findingsToShow(report.findings, options.states)
  const findings = held.shown
  return joinSections(
    [
      { head: '', parts: [`${heading(report, held, options)}\n`], what: 'headings', until: 1 },
      {
        head: `\n${OVERVIEW_HEAD}`,
        parts: findings.map((finding) => `${overviewRow(finding, options)}\n`),
        what: 'findings',
        until: 0.3,
      },
      {
        head: '',
        parts: findings.map((finding) => `\n${formatFinding(finding, report, options)}\n`),
        what: 'findings are not shown in full and',
        until: 0.85,
      },
      {
        head: '\n<details><summary>Routes</summary>\n\n| route | traces | queries | time | in queries |\n| --- | ---: | ---: | ---: | ---: |\n',
        parts: busiestFirst(routes).map((route) => `${routeRow(route)}\n`),
        end: '\n</details>\n',
        what: 'routes',
        until: 0.97,
      },
      {
        head: '\n### Suppressions to review\n\n',
        parts: suppressionLines(report).map(
          ({ what, next, at }) =>
            `- ${markdownText(what, 300)}${at ? ` at ${markdownCode(formatFrame(at, options))}` : ''}: ${markdownText(next)}\n`,
        ),
        what: 'suppressions',
        until: 0.98,
      },
      { head: '', parts: cutNotes(report).map((note) => `\n${note}\n`), what: 'notes', until: 1 },
    ],
    limitBytes,
  )
}

function heading(
  { traces, queries, suppressed, suppressions }: Report,
  held: ShownFindings,
  { states }: ReporterOptions,
): string {
  const findings = held.shown
  const counts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count > 0 ? `${MARKS[severity]} ${count}` : []
  })
  const result = counts.length > 0 ? counts.join(' · ') : states ? '✅ nothing new' : '✅ no findings'
  const counted = [
    `${plural(queries, 'query', 'queries')} in ${plural(traces, 'trace')}.`,
    ...heldBackLines(held, states).map((line) => markdownText(line, 300)),
    ...(suppressed > 0 ? [`${countSuppressed(suppressed, suppressions)}.`] : []),
  ]
  return `## pg-loupe: ${result}\n\n${counted.join(' ')}`
}

export const OVERVIEW_HEAD = '| | finding | route | line |\n| --- | --- | --- | --- |\n'

/** A table row with the columns of `OVERVIEW_HEAD`, followed by `more`. */
export function overviewRow(
  finding: Finding,
  options: ReporterOptions,
  more: readonly string[] = [],
): string {
  const { severity, title, route } = finding
  const cells = [
    MARKS[severity],
    markdownText(title, 200),
    markdownCellCode(route),
    markdownCellCode(place(finding, options)),
    ...more,
  ]
  return `| ${cells.join(' | ')} |`
}

export function formatFinding(
  finding: Finding,
  report: Pick<Report, 'measured'>,
  options: ReporterOptions,
  level = '###',
): string {
  const { callSite, evidence } = inRepository(finding, options)
  const { severity, title, detector, confidence, route, detail, remediation } = finding
  const items = [
    callSite[0]
      ? `at ${markdownCode(formatFrame(callSite[0], options))}`
      : 'no line of the application is known',
    ...callSite.slice(1, 3).map((frame) => `from ${markdownCode(formatFrame(frame, options))}`),
    ...evidence.map(({ label, text, callSite: seen }) =>
      [markdownText(label), markdownCode(text), seen ? `(${markdownCode(formatFrame(seen, options))})` : '']
        .filter(Boolean)
        .join(' '),
    ),
  ]
  return [
    `${level} ${MARKS[severity]} ${markdownText(title, 200)}`,
    '',
    `${markdownCode(route)} · ${markdownText(detector)}, ${confidence}`,
    '',
    ...items.map((item) => `- ${item}`),
    '',
    markdownText(detail),
    '',
    `**Instead:** ${markdownText(remediation)}`,
    ...(finding.fix ? ['', markdownBlock(finding.fix, language(finding.fix))] : []),
    ...formatSavings(finding.cost, report.measured[finding.key], options).map(
      (text) => `\n**Saves** ${markdownText(text)}`,
    ),
  ].join('\n')
}

function place(finding: Finding, options: ReporterOptions): string {
  const [first] = inRepository(finding, options).callSite
  return first ? [first.file, ...(first.line > 0 ? [first.line] : [])].join(':') : ''
}

function language(code: string): string {
  if (/^\s*(select|insert|update|delete|with|merge)\b/i.test(code)) return 'sql'
  return code.includes('// In the loop') ? 'ts' : ''
}

function busiestFirst(routes: readonly RouteSummary[]): RouteSummary[] {
  return routes.toSorted((a, b) => b.queries.max - a.queries.max)
}

function routeRow({ name, traces, queries, durationMs, databaseMs }: RouteSummary): string {
  const count = queries.min === queries.max ? String(queries.max) : `${queries.min} to ${queries.max}`
  const times = [durationMs, databaseMs].map(({ median }) => formatMilliseconds(median))
  return `| ${[markdownCellCode(name), traces, count, ...times].join(' | ')} |`
}

function cutNotes({ cut }: Report): string[] {
  const parts = leftOutText(cut)
  return parts.length > 0 ? [`_Left out: ${parts.join('; ')}._`] : []
}
