// The summary at the end of a test run: how many queries were seen, each finding in full, worst first, and one next step.
// There is no line for each test, because a suite has thousands of tests and the findings would be hard to see.
import pc from 'picocolors'
import { formatFindingOfRoute, formatHeldBack, formatSuppressions } from '../report/reporters/console.ts'
import { findingsToShow } from '../report/reporters/held-back.ts'
import { formatNotice } from '../setup/format-notice.ts'
import type { Notice } from '../setup/notice.ts'
import { plural } from '../text/plural.ts'
import type { Finding } from '../types/finding.ts'
import type { Report } from '../types/report.ts'
import type { ReporterOptions } from '../types/reporter.ts'

export interface RunCounts {
  tests: number
  requests: number
}

interface SummaryOptions extends ReporterOptions {
  /** True when the message of a failed assertion has shown the finding. */
  isShownAlready(finding: Finding): boolean
  /** Errors in reading, analysing or writing. */
  problems: readonly string[]
  /**
   * Lines that say which findings fail the run, and how to update the baseline. The findings in `shown` are printed in full
   * above these lines or in the failures.
   */
  verdict(shown: readonly Finding[]): readonly string[]
  failed: boolean
  /** Notices about the set-up of the run. */
  notices: readonly Notice[]
}

/** One or two screens. All findings are in the output files. */
const SHOWN = 20

export function summarize(report: Report, counts: RunCounts, options: SummaryOptions): string {
  const { bold, red, yellow, dim } = pc.createColors(options.color ?? false)
  const { queries, cut } = report
  const held = findingsToShow(report.findings, options.states)
  const before = held.shown.filter(options.isShownAlready)
  const toShow = held.shown.filter((finding) => !options.isShownAlready(finding))
  const shown = toShow.slice(0, SHOWN)
  const left = toShow.length - shown.length
  const lines = [
    '',
    `${bold('pg-loupe')}  ${sentence(report, counts)}`,
    ...formatHeldBack(held, options),
    ...(before.length > 0
      ? [`${plural(before.length, 'finding was', 'findings were')} shown by the assertions that failed.`]
      : []),
    ...formatSuppressions(report, options),
    ...(queries === 0 && options.notices.length === 0 ? [yellow(NOTHING_SEEN)] : []),
    ...(cut.untraced > 0
      ? [
          dim(
            `${plural(cut.untraced, 'query', 'queries')} outside of tests and requests (hooks, set-up) were left out`,
          ),
        ]
      : []),
    ...options.notices.map((notice) => yellow(formatNotice(notice, options.cwd ?? ''))),
    ...options.problems.map((problem) => yellow(`pg-loupe: ${problem}`)),
    ...shown.flatMap((finding) => ['', formatFindingOfRoute(finding, report, options)]),
    ...(left > 0
      ? ['', `  and ${left} more; the option outputs of the reporter writes all of them to a file`]
      : []),
    ...(shown.length > 0 ? [''] : []),
    ...options.verdict([...before, ...shown]).map((line, index) => {
      if (index > 0) return line
      return options.failed ? red(`The run ${line}`) : `The run ${line}`
    }),
  ]
  return `${lines.join('\n')}\n`
}

const NOTHING_SEEN =
  'No query was seen. Is the pool profiled (profilePool), and is the set-up file of pg-loupe in the configuration of the test runner?'

function sentence({ findings, queries }: Report, { tests, requests }: RunCounts): string {
  const found = findings.length === 0 ? 'no findings' : plural(findings.length, 'finding')
  return `${plural(queries, 'query', 'queries')} in ${plural(tests, 'test')} and ${plural(requests, 'request')}: ${found}`
}
