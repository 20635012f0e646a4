// The report as a page for people: data, style and script in a single file that makes no network request. Statements and
// route names may contain any text. They enter the page as JSON only and become text nodes only, and the content security
// policy of the page allows only the script and the style that are written here.
import type { Report } from '../../types/report.ts'
import type { Reporter, ReporterOptions } from '../../types/reporter.ts'
import { script, scriptHash, style, styleHash } from './html/page-bundle.ts'
import { pageData } from './html/page-data.ts'
import { jsonText } from './json-text.ts'

const POLICY = [
  "default-src 'none'",
  `script-src '${scriptHash}'`,
  `style-src '${styleHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

export const htmlReporter: Reporter = {
  meta: { name: 'html', wantsTraces: true, wantsComparison: true },
  render: renderPage,
}

function renderPage(report: Report, options: ReporterOptions = {}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="pg-loupe">
<title>pg-loupe</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<noscript><p>This page needs JavaScript to show its report; \`pg-loupe report --format markdown\` creates one that does not.</p></noscript>
<script type="application/json" id="report">${dataText(pageData(report, options))}</script>
<script>${script}</script>
</body>
</html>
`
}

/** JSON in which no HTML parser can find the end of the element. */
function dataText(data: unknown): string {
  return jsonText(data).replaceAll('<', '\\u003c')
}

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cg fill=%22none%22 stroke=%22%233f7cac%22 stroke-width=%222%22 stroke-linecap=%22round%22%3E%3Ccircle cx=%226.5%22 cy=%226.5%22 r=%224.5%22/%3E%3Cpath d=%22M10 10l4.500 4.500%22/%3E%3C/g%3E%3C/svg%3E'
