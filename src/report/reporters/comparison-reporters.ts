// The formats for the comparison of two reports, by name.
import type { Comparison } from '../../types/report.ts'
import type { ReporterOptions } from '../../types/reporter.ts'
import { consoleComparison } from './console-comparison.ts'
import { githubComparison } from './github.ts'
import { jsonText } from './json-text.ts'
import { markdownCommentComparison, markdownComparison } from './markdown-comparison.ts'

type ComparisonReporter = (comparison: Comparison, options?: ReporterOptions) => string

export const comparisonReporters = {
  console: consoleComparison,
  github: githubComparison,
  json: (comparison) => `${jsonText(comparison, 2)}\n`,
  markdown: markdownComparison,
  'markdown-comment': markdownCommentComparison,
} satisfies Record<string, ComparisonReporter>
