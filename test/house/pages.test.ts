// `src/detectors/pages.ts` holds the pages of the detectors, for formats that carry them along: what is built and bundled
// cannot read files that lie beside it. After a page has changed:
// npx vitest run --config test/house/vitest.config.ts -u
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'

const folder = join(import.meta.dirname, '../../src/detectors')

test('src/detectors/pages.ts holds every page as it is', async () => {
  const pages = detectors.map(({ meta }) => {
    const { id, title, severity } = meta
    const page = withoutLinks(readFileSync(join(folder, `${id}.md`), 'utf8'))
    const [, description = ''] = /^## What it finds\n\n(.+?)\n\n/ms.exec(page) ?? []
    return `  '${id}': {
    id: '${id}',
    title: ${quote(title)},
    severity: '${severity}',
    description:
      ${quote(description.replaceAll('\n', ' '))},
    url: pageUrl('${id}'),
${SWITCHES.flatMap((name) => (meta[name] ? [`    ${name}: true,\n`] : [])).join('')}    page: \`${page.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\`,
  },
`
  })
  await expect(`${HEAD}${pages.join('')}}\n`).toMatchFileSnapshot(join(folder, 'pages.ts'))
})

const SWITCHES = ['isMeasured', 'isLoop', 'isBudget'] as const

const HEAD = `// The detectors with the text of their pages. test/house/pages.test.ts writes this file from both.
import type { DetectorDescription } from '../types/detector.ts'
import { pageUrl } from './page-url.ts'

/** The description of each detector by its id. */
export const detectorPages: Readonly<Record<string, DetectorDescription>> = {
`

/** Where the text is shown, its neighbours are not. */
function withoutLinks(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\((?!https?:)[^)]+\)/g, '$1')
}

function quote(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`
}
