// Text that the messages of all failures share: statements, their lines and findings. A statement is shown as its
// fingerprint's text, so that values are never shown.

import pc from 'picocolors'
import { clip, formatFinding, formatFrame } from '../report/reporters/console.ts'
import { wantsColor } from '../report/wants-color.ts'
import type { Finding } from '../types/finding.ts'
import type { CallSite, Query } from '../types/query.ts'
import type { Report } from '../types/report.ts'
import type { ReporterOptions } from '../types/reporter.ts'
import type { CapturedQueries } from './capture-queries.ts'
import type { Statement } from './statements.ts'

/** Maximum number of statements in a message. Further ones are only counted. */
const SHOWN = 20
/** Maximum number of lines for one statement. */
const PLACES_SHOWN = 3

/** One line for each statement, with its count, followed by the lines that sent it. */
export function listStatements(statements: readonly Statement[]): string {
  const { dim } = pc.createColors(wantsColor(process.stderr))
  const shown = statements.slice(0, SHOWN)
  const width = Math.max(...shown.map(({ queries }) => String(queries.length).length))
  const lines = shown.flatMap(({ text, queries, places }) => [
    `  ${String(queries.length).padStart(width)}×  ${clip(text)}`,
    ...listPlaces(places, ' '.repeat(width + 5)),
  ])
  const left = statements.length - shown.length
  return [...lines, ...(left > 0 ? [dim(`  and ${left} more statements`)] : [])].join('\n')
}

export function listPlaces(places: readonly CallSite[], indent: string): string[] {
  const { cyan, dim } = pc.createColors(wantsColor(process.stderr))
  const options = textOptions()
  const lines = places
    .slice(0, PLACES_SHOWN)
    .flatMap(([frame]) => (frame ? [`${indent}${cyan(formatFrame(frame, options))}`] : []))
  const left = places.length - PLACES_SHOWN
  return left > 0 ? [...lines, dim(`${indent}and ${left} more places`)] : lines
}

/**
 * The findings in full, each with its trace. Test runners take a line that begins with `at` for a stack frame, so this label
 * has another name here.
 */
export function listFindings(findings: readonly Finding[], report: Report): string {
  const options = textOptions()
  return findings
    .map((finding) => `  in ${clip(finding.route)}\n${formatFinding(finding, report, options)}`)
    .join('\n')
    .replace(AT, '$1line ')
}

/** The findings whose queries include one of these. */
export function findingsAbout(
  queries: readonly Query[],
  { report, traces }: Pick<CapturedQueries, 'report' | 'traces'>,
): Finding[] {
  const meant = new Set(queries)
  return report.findings.filter(({ occurrences }) =>
    occurrences.some(({ trace, queries: indexes }) => {
      const seen = traces.find(({ id }) => id === trace)?.queries
      return indexes.some((index) => seen?.[index] && meant.has(seen[index]))
    }),
  )
}

const AT = new RegExp(`^( *(?:${String.fromCharCode(27)}\\[\\d+m)?)at {3}`, 'gm')

function textOptions(): ReporterOptions {
  return { color: wantsColor(process.stderr), cwd: process.cwd() }
}
