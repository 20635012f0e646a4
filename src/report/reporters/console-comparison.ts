// The comparison of two reports for people in a terminal: new findings in full, all others in one line each, and the routes
// whose number of queries has changed.
import pc from 'picocolors'
import type { Finding } from '../../types/finding.ts'
import type { ComparedRoute, Comparison, Spread } from '../../types/report.ts'
import type { ReporterOptions } from '../../types/reporter.ts'
import { formatFindingOfRoute, formatFrame } from './console.ts'
import { printable } from './printable.ts'

export function consoleComparison(comparison: Comparison, options: ReporterOptions = {}): string {
  const { bold, dim, green, red, yellow } = pc.createColors(options.color ?? false)
  const { new: added, grown, fixed, unseen, routes } = comparison
  const changed = routes.filter(({ before, after }) => rangeOf(before) !== rangeOf(after))
  const line = (finding: Finding, note = '') => {
    const [place] = finding.callSite
    const at = place ? `  ${dim(formatFrame(place, options))}` : ''
    return `  ${printable(finding.route)}  ${printable(finding.title)}${note ? `  ${bold(note)}` : ''}${at}`
  }
  const blocks = [
    [countChanges(comparison)],
    ...added.map((finding, index) => [
      ...(index === 0 ? [red('New')] : []),
      formatFindingOfRoute(finding, { measured: {} }, options),
    ]),
    titled(
      yellow('Grown'),
      grown.map(({ finding, before, after }) => line(finding, `${before} → ${after} queries`)),
    ),
    titled(
      green('Fixed'),
      fixed.map((finding) => line(finding)),
    ),
    titled(
      'Not seen, because their routes did not run',
      unseen.map((finding) => line(finding)),
    ),
    titled('Queries by route', formatRoutes(changed)),
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n')
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [title, ...lines] : []
}

function countChanges({ new: added, grown, fixed, unseen, known, suppressed }: Comparison): string {
  const counts = [
    `${added.length} new`,
    `${grown.length} grown`,
    `${fixed.length} fixed`,
    ...(unseen.length > 0 ? [`${unseen.length} not seen`] : []),
    `${known} as before`,
    ...(suppressed.after === suppressed.before
      ? []
      : [`${suppressed.after} suppressed, where ${suppressed.before} were before`]),
  ]
  return counts.join(', ')
}

function formatRoutes(routes: readonly ComparedRoute[]): string[] {
  const rows = routes.map(
    ({ name, before, after }) => [printable(name), rangeOf(before), rangeOf(after)] as const,
  )
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length))
  const [names, befores] = [width(0), width(1)]
  return rows.map(
    ([name, before, after]) => `  ${name.padEnd(names)}  ${before.padStart(befores)} → ${after}`,
  )
}

/** Queries of one visit. */
function rangeOf(spread: Spread | undefined): string {
  if (!spread) return 'not run'
  return spread.min === spread.max ? String(spread.max) : `${spread.min} to ${spread.max}`
}
