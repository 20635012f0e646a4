import { expect, test } from 'vitest'
import { createTextCache } from '../../src/sql/fingerprint/text-cache.ts'

const SIZES = { bytesPerCharacter: 1, bytesPerEntry: 92 }

test('a cache never holds more entries than its limit', () => {
  const cache = createTextCache<number>({ entries: 100, bytes: 1e9, ...SIZES })
  for (let at = 0; at < 10_000; at++) {
    cache.set(`text ${at}`, at)
    expect(cache.size).toBeLessThanOrEqual(100)
  }
  expect(cache.get('text 9999')).toBe(9999)
  expect(cache.get('text 0')).toBeUndefined()
})

test('a cache never holds more bytes than its limit', () => {
  const cache = createTextCache<number>({ entries: 1e9, bytes: 10_000, ...SIZES })
  for (let at = 0; at < 1_000; at++) cache.set(`text ${at}`, at)
  expect(cache.size).toBeLessThanOrEqual(100)
  expect(cache.size).toBeGreaterThan(10)
})

test('a used entry stays while others are dropped', () => {
  const cache = createTextCache<string>({ entries: 10, bytes: 1e9, ...SIZES })
  cache.set('asked for', 'kept')
  for (let at = 0; at < 1_000; at++) {
    cache.set(`text ${at}`, 'other')
    expect(cache.get('asked for')).toBe('kept')
  }
})

test('an entry that would displace most others is not kept', () => {
  const cache = createTextCache<string>({ entries: 10, bytes: 10_000, ...SIZES })
  cache.set('small', 'kept')
  cache.set('huge'.repeat(1_000), 'not kept')
  expect(cache.get('huge'.repeat(1_000))).toBeUndefined()
  expect(cache.get('small')).toBe('kept')
})
