import { expect, test } from 'vitest'
import { describeValue } from '../src/text/describe-value.ts'

const circular: Record<string, unknown> = {}
circular.self = circular

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  [3, '3'],
  ['yes', '"yes"'],
  [5n, '5'],
  [() => 1, 'a function'],
  [[3], '[3]'],
  [[], '[]'],
  [{ max: 1, exactly: 2 }, '{"max":1,"exactly":2}'],
  [{ matching: /a b/ }, '{"matching":"/a b/"}'],
  [new Map(), 'an object of class Map'],
  [/a/g, '/a/g'],
  [Object.create(null), '{}'],
  [circular, 'an object'],
])('%o is described as %s', (value, text) => {
  expect(describeValue(value)).toBe(text)
})

test('texts inside of others are left out, and what is long is cut', () => {
  expect(describeValue([{ id: 1, email: 'ada@example.com' }])).toBe('[{"id":1,"email":"…"}]')
  expect(describeValue(Array.from({ length: 1000 }, (_, at) => at))).toHaveLength(80)
})
