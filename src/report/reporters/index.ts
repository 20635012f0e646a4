// All reporters by name.
import type { Reporter } from '../../types/reporter.ts'
import { consoleReporter } from './console.ts'
import { githubReporter } from './github.ts'
import { gitlabReporter } from './gitlab.ts'
import { htmlReporter } from './html.ts'
import { jsonReporter } from './json.ts'
import { junitReporter } from './junit.ts'
import { markdownCommentReporter, markdownReporter } from './markdown.ts'
import { sarifReporter } from './sarif.ts'

export const reporters = {
  console: consoleReporter,
  html: htmlReporter,
  json: jsonReporter,
  github: githubReporter,
  gitlab: gitlabReporter,
  junit: junitReporter,
  markdown: markdownReporter,
  'markdown-comment': markdownCommentReporter,
  sarif: sarifReporter,
} satisfies Record<string, Reporter>
