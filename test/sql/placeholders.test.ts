// Tests that the names before a `?` are read as PostgreSQL reads them.
import { expect, test } from 'vitest'
import { readPlaceholders } from '../../src/sql/index.ts'

test.each([
  ['a = ?', 'equals', 'a'],
  ['t.a = ?', 'equals', 't.a'],
  ['"S"."t t"."a" >= ?', 'range', '"S"."t t"."a"'],
  ['s."t".a in (?', 'list', 's."t".a'],
  ['a = any (?', 'list', 'a'],
  ['größe = ?', 'equals', 'größe'],
  ['名前.值 < ?', 'range', '名前.值'],
  ['a\u00a0 = ?', 'equals', 'a\u00a0'],
  ['"" = ?', 'equals', undefined],
  ['count(a) > ?', 'range', undefined],
  ['a <> ?', 'range', undefined],
  ['a @> ?', 'range', undefined],
  ['limit ?', 'limit', undefined],
])('%s is compared as %s with %s', (text, role, column) => {
  const start = text.indexOf('?')
  expect(readPlaceholders(text)).toEqual([{ start, role, ...(column ? { column } : {}) }])
})
