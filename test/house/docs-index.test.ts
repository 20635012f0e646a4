// docs/README.md leads to every page, and no page leads to a file that is not there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...['docs', 'src/detectors'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
]

/** Addresses of the web apart. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/```.*?```/gs, '')
  return [...text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, link = '']) => link)
}

test('the index of docs leads to every page in it', () => {
  const linked = new Set(linksOf('docs/README.md').map((link) => join('docs', link.replace(/#.*/, ''))))
  const unlisted = pages.filter(
    (page) => page.startsWith('docs/') && !page.startsWith('docs/decisions/0') && page !== 'docs/README.md',
  )
  expect(unlisted.filter((page) => !linked.has(page))).toEqual([])
})

test.each(pages)('every link of %s leads to a file, and to a heading in it', (page) => {
  const broken = linksOf(page).filter((link) => {
    const [path = '', heading] = link.split('#')
    const target = path === '' ? join(root, page) : join(root, dirname(page), path)
    if (!existsSync(target)) return true
    return heading !== undefined && target.endsWith('.md') && !headingsOf(target).includes(heading)
  })
  expect(broken.map((link) => `${relative(root, join(root, page))}: ${link}`)).toEqual([])
})

/** As GitHub makes anchors of them. */
function headingsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/```.*?```/gs, '')
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
