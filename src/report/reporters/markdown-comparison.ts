// The comparison of two reports as Markdown for a pull request: new findings with all their evidence, grown ones, fixed ones,
// and the routes whose number of queries has changed. Unchanged findings are only counted.
import type { Finding } from '../../types/finding.ts'
import type { Comparison, Spread } from '../../types/report.ts'
import type { ReporterOptions } from '../../types/reporter.ts'
import {
  COMMENT_BYTES,
  COMMENT_MARK,
  formatFinding,
  OVERVIEW_HEAD,
  overviewRow,
  SUMMARY_BYTES,
} from './markdown.ts'
import { markdownCellCode } from './markdown-text.ts'
import { joinSections, type Section } from './sections.ts'

export function markdownComparison(comparison: Comparison, options: ReporterOptions = {}): string {
  return format(comparison, options, SUMMARY_BYTES)
}

/** Starts with a mark by which a later run finds the comment and replaces it. */
export function markdownCommentComparison(comparison: Comparison, options: ReporterOptions = {}): string {
  return COMMENT_MARK + format(comparison, options, COMMENT_BYTES)
}

function format(comparison: Comparison, options: ReporterOptions, limitBytes: number): string {
  const { new: added, grown, fixed, unseen, routes } = comparison
  const changed = routes.filter(({ before, after }) => !sameSpread(before, after))
  const unchanged = routes.length - changed.length
  return joinSections(
    [
      { head: '', parts: [`## pg-loupe: ${countChanges(comparison)}\n`], what: 'headings', until: 1 },
      listed('New', added, options, 0.2),
      {
        head: '',
        parts: added.map((finding) => `\n${formatFinding(finding, { measured: {} }, options, '####')}\n`),
        what: 'findings are not shown in full and',
        until: 0.6,
      },
      {
        head: `\n### Grown\n\n${widened('queries')}`,
        parts: grown.map(
          ({ finding, before, after }) => `${overviewRow(finding, options, [`${before} → ${after}`])}\n`,
        ),
        what: 'findings that have grown',
        until: 0.75,
      },
      listed('Fixed', fixed, options, 0.85),
      listed('Not seen, because their routes did not run', unseen, options, 0.9),
      {
        head: '\n<details><summary>Queries by route</summary>\n\n| route | before | after |\n| --- | ---: | ---: |\n',
        parts: changed.map(
          ({ name, before, after }) => `| ${markdownCellCode(name)} | ${range(before)} | ${range(after)} |\n`,
        ),
        end: `${unchanged > 0 ? `\n${unchanged} more are unchanged.\n` : ''}\n</details>\n`,
        what: 'routes',
        until: 1,
      },
    ],
    limitBytes,
  )
}

function listed(
  title: string,
  findings: readonly Finding[],
  options: ReporterOptions,
  until: number,
): Section {
  return {
    head: `\n### ${title}\n\n${OVERVIEW_HEAD}`,
    parts: findings.map((finding) => `${overviewRow(finding, options)}\n`),
    what: `findings under ${title}`,
    until,
  }
}

/** The columns of every overview, and one more. */
function widened(column: string): string {
  const [names = '', rule = ''] = OVERVIEW_HEAD.split('\n')
  return `${names} ${column} |\n${rule} ---: |\n`
}

function countChanges({ new: added, grown, fixed, unseen, suppressed }: Comparison): string {
  const counts = [
    ...(added.length > 0 ? [`🆕 ${added.length} new`] : []),
    ...(grown.length > 0 ? [`📈 ${grown.length} grown`] : []),
    ...(fixed.length > 0 ? [`✅ ${fixed.length} fixed`] : []),
    ...(unseen.length > 0 ? [`${unseen.length} not seen`] : []),
    ...(suppressed.after > suppressed.before
      ? [`${suppressed.after} suppressed, ${suppressed.before} before`]
      : []),
  ]
  return counts.length > 0 ? counts.join(' · ') : '✅ nothing new'
}

/** Queries of one visit. */
function range(spread: Spread | undefined): string {
  if (!spread) return 'not seen'
  return spread.min === spread.max ? String(spread.max) : `${spread.min} to ${spread.max}`
}

function sameSpread(a: Spread | undefined, b: Spread | undefined): boolean {
  return range(a) === range(b)
}
