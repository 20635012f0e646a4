// No regular expression of ours takes longer than in proportion to its input, whatever that is: statements, paths, stacks and
// files come from outside, and an expression that backtracks blocks the application's event loop.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expressionsOf } from './expressions-of-source.ts'
import { superlinearInput } from './growth.ts'

const root = join(import.meta.dirname, '../..')

const found = ['src', 'adapters']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .sort()
  .flatMap((file) => expressionsOf(file, root))
  // Each once, named by its first place.
  .filter(
    ({ source, flags }, at, all) =>
      at === all.findIndex((one) => one.source === source && one.flags === flags),
  )

test('the expressions of the sources are found', () => {
  expect(found.length).toBeGreaterThan(100)
})

test.each(found)('$place /$source/$flags is linear', { timeout: 120_000 }, ({ source, flags }) => {
  expect(superlinearInput(source, flags)).toBeUndefined()
})

describe('the search for hard inputs', () => {
  test.each([
    ['\\s*;?\\s*$', ''],
    ['\\*\\/\\s*;?\\s*$', ''],
    [' order by [^()]*$', 'i'],
    ['^(a+)+$', ''],
    ['^(?:a|a)*b', ''],
    ['\\/+$', ''],
    ['\\d+\\.?\\d*$', ''],
    ['" .*? "', ''],
  ])('knows that /%s/%s is not', (source, flags) => {
    expect(superlinearInput(source, flags)).toBeDefined()
  })

  test.each([
    ['^\\s*;?$', ''],
    ['(?<!\\s)\\s+$', ''],
    ['\\b(limit|offset)\\b', 'i'],
    ['"[^"]*"', 'g'],
  ])('knows that /%s/%s is', (source, flags) => {
    expect(superlinearInput(source, flags)).toBeUndefined()
  })
})
