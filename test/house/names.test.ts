// Checks names that must agree: a detector, its file, its page and its test; the version; the justified dependencies.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'
import { pageUrl } from '../../src/detectors/page-url.ts'
import { VERSION } from '../../src/version.ts'

const root = join(import.meta.dirname, '../..')
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

describe.each(detectors.map(({ meta }) => [meta.id, meta] as const))('the detector %s', (id, meta) => {
  test('has a file, a page and a test of its name', () => {
    const files = [`src/detectors/${id}.ts`, `src/detectors/${id}.md`, `test/detectors/${id}.test.ts`]
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
    expect(meta.url).toBe(pageUrl(id))
  })

  test('has a page with every heading, and every option on it', () => {
    const page = readFileSync(join(root, 'src/detectors', `${id}.md`), 'utf8')
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual([
      'What it finds',
      'Why it hurts',
      'Bad',
      'Good',
      'How sure it is',
      'Options',
      'When to ignore it',
    ])
    const documented = [...page.matchAll(/^\| `(\w+)` +\| (\d+|\{\}) +\|/gm)].map(([, name, value]) => [
      name,
      JSON.parse(value ?? ''),
    ])
    expect(Object.fromEntries(documented)).toEqual(meta.defaults)
  })
})

test('no page is left without its detector', () => {
  const pages = readdirSync(join(root, 'src/detectors')).filter((name) => name.endsWith('.md'))
  expect(pages.sort()).toEqual(detectors.map(({ meta }) => `${meta.id}.md`).sort())
})

test('the version in reports is that of the package', () => {
  expect(VERSION).toBe(packageJson.version)
})

test('ARCHITECTURE.md justifies every dependency and peer', () => {
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const names = Object.keys({ ...packageJson.dependencies, ...packageJson.peerDependencies })
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

describe('the decisions', () => {
  const folder = join(root, 'docs/decisions')
  const names = readdirSync(folder)
    .filter((name) => name !== 'README.md')
    .sort()

  test.each(names)('%s has a context, a decision and consequences', (name) => {
    const page = readFileSync(join(folder, name), 'utf8')
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ])
  })

  test('are listed in the index with their titles', () => {
    const titles = names.map((name) => {
      const [, number, title] = /^# (\d+)\. (.+)$/m.exec(readFileSync(join(folder, name), 'utf8')) ?? []
      return `${number}. [${title}](${name})`
    })
    const index = readFileSync(join(folder, 'README.md'), 'utf8')
    expect(index.split('\n').filter((line) => /^\d/.test(line))).toEqual(titles)
  })
})
