import { describe, expect, test } from 'vitest'
import { ignoreComments, ignoresOf } from '../../src/sql/fingerprint/ignore-comment.ts'

describe('a comment in a statement ignores', () => {
  test.each([
    ['/* pg-loupe-ignore: one row each */ select 1', { reason: 'one row each' }],
    ['select 1 -- pg-loupe-ignore: one row each', { reason: 'one row each' }],
    ['select 1 --pg-loupe-ignore: a\n from t', { reason: 'a' }],
    ['select /*+ hint */ 1 /*pg-loupe-ignore: a*/', { reason: 'a' }],
    ['/* pg-loupe-ignore n-plus-one: a: b */ select 1', { reason: 'a: b', detectors: ['n-plus-one'] }],
    [
      '/* pg-loupe-ignore n-plus-one, slow-query until 2027-01-31: a */ select 1',
      { reason: 'a', detectors: ['n-plus-one', 'slow-query'], until: '2027-01-31' },
    ],
    ['/*\n * pg-loupe-ignore:\n   on\n   lines\n */ select 1', undefined],
    ['/*\n pg-loupe-ignore:\n   on\n   lines\n */ select 1', { reason: 'on lines' }],
  ])('%s', (sql, expected) => {
    expect(ignoreComments(sql)).toEqual(expected && [{ by: 'comment', ...expected }])
  })

  test('a comment without a reason is found, with an empty reason', () => {
    expect(ignoreComments('/* pg-loupe-ignore */ select 1')).toEqual([{ by: 'comment', reason: '' }])
    expect(ignoreComments('/* pg-loupe-ignore n-plus-one: */ select 1')).toMatchObject([{ reason: '' }])
  })

  test('several comments count each', () => {
    expect(ignoreComments('/* pg-loupe-ignore: a */ select 1 /* pg-loupe-ignore: b */')).toMatchObject([
      { reason: 'a' },
      { reason: 'b' },
    ])
  })
})

describe('no comment ignores', () => {
  test.each([
    'select 1',
    "select '/* pg-loupe-ignore: a */'",
    'select "/* pg-loupe-ignore: a */" from t',
    'select $$/* pg-loupe-ignore: a */$$',
    "select 'a' -- x\n '/* pg-loupe-ignore: a */'",
    '/* see pg-loupe-ignore: a */ select 1',
    '/* pg-loupe-ignored: a */ select 1',
    '-- /* pg-loupe-ignore: a */\nselect 1',
  ])('%s', (sql) => {
    expect(ignoreComments(sql)).toBeUndefined()
  })
})

test('a reason is kept on one line, without control characters, and is shortened', () => {
  const [ignore] =
    ignoreComments(`/* pg-loupe-ignore: a\u001b[31m\n b\u202e ${'x'.repeat(5000)} */ select 1`) ?? []
  expect(ignore?.reason).toMatch(/^a \[31m b x+…$/)
  expect(ignore?.reason).toHaveLength(200)
})

test('the marks of a query and of its comment are reported together, and once', () => {
  const ignored = [{ by: 'ignore', reason: 'block' }] as const
  const sql = '/* pg-loupe-ignore: comment */ select 1'
  const both = [...ignored, { by: 'comment', reason: 'comment' }]
  expect(ignoresOf({ sql, ignored })).toEqual(both)
  expect(ignoresOf({ sql, ignored: ignoresOf({ sql, ignored }) })).toEqual(both)
})
