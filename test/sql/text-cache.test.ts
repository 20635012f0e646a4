import { expect, test } from 'vitest'
import { createTextCache } from '../../src/sql/text-cache.ts'

test('a cache never holds more entries than it may', () => {
  const cache = createTextCache<number>({ entries: 100, bytes: 1e9 })
  for (let at = 0; at < 10_000; at++) {
    cache.set(`text ${at}`, at, 1)
    expect(cache.size).toBeLessThanOrEqual(100)
  }
  expect(cache.get('text 9999')).toBe(9999)
  expect(cache.get('text 0')).toBeUndefined()
})

test('nor more bytes', () => {
  const cache = createTextCache<number>({ entries: 1e9, bytes: 10_000 })
  for (let at = 0; at < 1_000; at++) cache.set(`text ${at}`, at, 100)
  expect(cache.size).toBeLessThanOrEqual(100)
  expect(cache.size).toBeGreaterThan(10)
})

test('what is asked for stays while others go', () => {
  const cache = createTextCache<string>({ entries: 10, bytes: 1e9 })
  cache.set('asked for', 'kept', 1)
  for (let at = 0; at < 1_000; at++) {
    cache.set(`text ${at}`, 'other', 1)
    expect(cache.get('asked for')).toBe('kept')
  }
})

test('one that would push out most others is not kept', () => {
  const cache = createTextCache<string>({ entries: 10, bytes: 1_000 })
  cache.set('small', 'kept', 10)
  cache.set('huge', 'not kept', 900)
  expect(cache.get('huge')).toBeUndefined()
  expect(cache.get('small')).toBe('kept')
})
