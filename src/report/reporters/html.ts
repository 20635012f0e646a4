// The report as a page for people: data, style and script in a single file that makes no network request. Statements and
// route names may contain any text. They enter the page as JSON only and become text nodes only, and the content security
// policy of the page allows only the script and the style that are written here.
import type { Report } from '../../types/report.ts'
import type { Reporter, ReporterOptions } from '../../types/reporter.ts'
import { htmlFrame, pagePolicy } from './html/html-frame.ts'
import { script, scriptHash, style, styleHash } from './html/page-bundle.ts'
import { pageData } from './html/page-data.ts'
import { jsonText } from './json-text.ts'

const POLICY = pagePolicy({ scriptHash, styleHash }).join('; ')

export const htmlReporter: Reporter = {
  meta: { name: 'html', wantsTraces: true, wantsComparison: true },
  render: renderPage,
}

function renderPage(report: Report, options: ReporterOptions = {}): string {
  return htmlFrame({
    policy: POLICY,
    style,
    body: `<noscript><p>This page needs JavaScript to show its report; \`pg-loupe report --format markdown\` creates one that does not.</p></noscript>
<script type="application/json" id="report">${dataText(pageData(report, options))}</script>
<script>${script}</script>`,
  })
}

/** JSON in which no HTML parser can find the end of the element. */
function dataText(data: unknown): string {
  return jsonText(data).replaceAll('<', '\\u003c')
}
