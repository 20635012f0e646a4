// Comments, messages, names of tests and pages are written in plain English. A machine can check only a part of that:
// how a sentence opens, and phrases that were once common here. CONTRIBUTING.md says how texts are written.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { textsOfPage } from './prose/texts-of-page.ts'
import { textsOfSource } from './prose/texts-of-source.ts'
import {
  type UnclearSentence,
  unclearComment,
  unclearMessage,
  unclearParagraph,
  unclearTestName,
} from './prose/unclear-sentences.ts'

const root = join(import.meta.dirname, '../..')

/** These files quote unclear sentences, or are written from other files. */
const NOT_PROSE =
  /^test\/house\/prose|^test\/corpus\/|^src\/detectors\/pages\.ts$|\/(?:page|badge)-bundle\.ts$/

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => existsSync(join(root, file)) && !NOT_PROSE.test(file))

test('the comments, messages and test names of every source file are plain English', () => {
  const sources = files.filter((file) => /\.[cm]?[jt]s$/.test(file))
  expect(sources.flatMap(unclearPlacesOfSource)).toEqual([])
})

test('every page is plain English', () => {
  const pages = files.filter((file) => file.endsWith('.md'))
  expect(pages.flatMap(unclearPlacesOfPage)).toEqual([])
})

test('the descriptions in the schemas are plain English', () => {
  const schemas = files.filter((file) => /^schema\/.+\.json$/.test(file))
  expect(schemas.flatMap(unclearPlacesOfSchema)).toEqual([])
})

describe('the check', () => {
  test.each([
    'Of a list only the first.',
    'The rows are kept. And the values too.',
    'What a query returns.',
    'Where the next token is.',
    'Those of the first row.',
    'Rows of the table. Absent: all of them.',
    'The memory has an end.',
    'A cache knows nothing of the rows.',
  ])('refuses "%s"', (text) => {
    expect(unclearComment(text)).toHaveLength(1)
  })

  test.each([
    'Returns the rows. Absent when all are kept.',
    'Where a LIMIT is given, its value is returned.',
    'What does a query return?',
    'The code `Of a list` is quoted.',
    'Orders of the customer and their lines.',
  ])('accepts "%s"', (text) => {
    expect(unclearComment(text)).toEqual([])
  })

  test('reads comments over several lines, strings and names of tests', () => {
    const source = "// One\n// two.\nconst text = 'three'\n/** Four. */\ntest.each([1])('five', () => {})\n"
    expect(textsOfSource('some.ts', source)).toEqual([
      { kind: 'comment', line: 1, text: 'One\ntwo.' },
      { kind: 'comment', line: 4, text: 'Four.' },
      { kind: 'string', line: 3, text: 'three' },
      { kind: 'test name', line: 5, text: 'five' },
    ])
  })

  test('reads the paragraphs of a page without its headings and code', () => {
    const page = '# What it is\n\nOne\ntwo.\n\n```ts\nconst a = 1\n```\n\n- three\n- four\n'
    expect(textsOfPage(page)).toEqual([
      { line: 3, text: 'One\ntwo.' },
      { line: 10, text: 'three' },
      { line: 11, text: 'four' },
    ])
  })
})

const CHECKS: Record<'comment' | 'string' | 'test name', (text: string) => UnclearSentence[]> = {
  comment: unclearComment,
  string: unclearMessage,
  'test name': unclearTestName,
}

function unclearPlacesOfSource(file: string): string[] {
  const texts = textsOfSource(file, readFileSync(join(root, file), 'utf8'))
  return texts.flatMap(({ kind, line, text }) => places(file, line, CHECKS[kind](text)))
}

function unclearPlacesOfPage(file: string): string[] {
  const texts = textsOfPage(readFileSync(join(root, file), 'utf8'))
  return texts.flatMap(({ line, text }) => places(file, line, unclearParagraph(text)))
}

function unclearPlacesOfSchema(file: string): string[] {
  const descriptions: string[] = []
  JSON.parse(readFileSync(join(root, file), 'utf8'), (key, value) => {
    if (key === 'description' && typeof value === 'string') descriptions.push(value)
    return value
  })
  return descriptions.flatMap(unclearComment).map(({ sentence, reason }) => `${file} ${reason}: ${sentence}`)
}

function places(file: string, line: number, sentences: readonly UnclearSentence[]): string[] {
  return sentences.map(({ sentence, reason }) => `${file}:${line} ${reason}: ${sentence}`)
}
