// `src/detectors/pages.ts` holds the pages of the detectors, for formats that carry them along: what is built and bundled
// cannot read files that lie beside it. After a page has changed:
// npx vitest run --config test/house/vitest.config.ts -u
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'

const folder = join(import.meta.dirname, '../../src/detectors')

test('src/detectors/pages.ts holds every page as it is', async () => {
  const pages = detectors.map(({ meta: { id, title, severity } }) => {
    const page = withoutLinks(readFileSync(join(folder, `${id}.md`), 'utf8'))
    const [, summary = ''] = /^## What it finds\n\n(.+?)\n\n/ms.exec(page) ?? []
    return `  '${id}': {
    title: ${quote(title)},
    severity: '${severity}',
    summary:
      ${quote(summary.replaceAll('\n', ' '))},
    page: \`${page.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\`,
  },
`
  })
  await expect(`${HEAD}${pages.join('')}}\n`).toMatchFileSnapshot(join(folder, 'pages.ts'))
})

const HEAD = `// The pages of the detectors as text. Written from them: test/house/pages.test.ts says how.
import type { Severity } from '../types/finding.ts'

export interface DetectorPage {
  title: string
  severity: Severity
  /** The first words on what it finds, on one line. */
  summary: string
  /** Markdown. */
  page: string
}

/** By the detector's id. */
export const detectorPages: Readonly<Record<string, DetectorPage>> = {
`

/** Where the text is shown, its neighbours are not. */
function withoutLinks(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\((?!https?:)[^)]+\)/g, '$1')
}

function quote(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`
}
