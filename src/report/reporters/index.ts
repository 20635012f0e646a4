// The built-in reporters by the names that `--format` and `--output` take, one line each. `diff` takes those that can render
// a comparison.
import type { Reporter } from '../../types/reporter.ts'
import { consoleReporter } from './console.ts'
import { consoleComparison } from './console-comparison.ts'
import { githubComparison, githubReporter } from './github.ts'
import { gitlabReporter } from './gitlab.ts'
import { htmlReporter } from './html.ts'
import { jsonReporter } from './json.ts'
import { jsonText } from './json-text.ts'
import { junitReporter } from './junit.ts'
import { markdownCommentReporter, markdownReporter } from './markdown.ts'
import { markdownCommentComparison, markdownComparison } from './markdown-comparison.ts'
import { sarifReporter } from './sarif.ts'

export const reporters = {
  console: { ...consoleReporter, renderComparison: consoleComparison },
  html: htmlReporter,
  json: { ...jsonReporter, renderComparison: (comparison) => `${jsonText(comparison, 2)}\n` },
  github: { ...githubReporter, renderComparison: githubComparison },
  gitlab: gitlabReporter,
  junit: junitReporter,
  markdown: { ...markdownReporter, renderComparison: markdownComparison },
  'markdown-comment': { ...markdownCommentReporter, renderComparison: markdownCommentComparison },
  sarif: sarifReporter,
} satisfies Record<string, Reporter>
