import { expect, test } from 'vitest'
import { hashAscii, hashText } from '../../src/text/hash-text.ts'

test('a text and its bytes have one hash', () => {
  for (const text of ['', 'a', 'ab', 'select * from t where id = ?', 'x'.repeat(1001)])
    expect(hashAscii(Buffer.from(text), text.length)).toBe(hashText(text))
})

test('texts that differ in one place, in length or in order have different hashes', () => {
  const texts = ['', '\0', '\0\0', 'a', 'b', 'ab', 'ba', 'ab\0', 'aab', 'aba', 'é', 'É']
  for (let at = 0; at < 2_000; at++) texts.push(`select c${at} from t`, `select c from t${at}`, `${at}`)
  expect(new Set(texts.map(hashText)).size).toBe(texts.length)
})

test('a hash is sixteen hex digits', () => {
  expect(hashText('select 1')).toMatch(/^[0-9a-f]{16}$/)
})
