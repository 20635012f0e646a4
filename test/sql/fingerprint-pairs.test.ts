// Tests the labelled pairs: every `must` pair is right, nearly every `should` pair is, and no pair of any level is merged
// wrongly.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fingerprint } from '../../src/sql/index.ts'

interface Pair {
  id: string
  level: 'must' | 'should' | 'may'
  a: string
  b: string
  same: boolean
  why: string
}

const pairs: Pair[] = JSON.parse(
  readFileSync(new URL('../corpus/fingerprint_pairs.json', import.meta.url), 'utf8'),
)
const isSame = ({ a, b }: Pair) => fingerprint(a).key === fingerprint(b).key

describe('labelled pairs of statements', () => {
  test.each(pairs.filter((pair) => pair.level === 'must'))('$id: $why ($same)', (pair) => {
    expect(isSame(pair), `${fingerprint(pair.a).text}\n${fingerprint(pair.b).text}`).toBe(pair.same)
  })

  test('at least 95 % of the `should` pairs are right', () => {
    const should = pairs.filter((pair) => pair.level === 'should')
    const right = should.filter((pair) => isSame(pair) === pair.same)
    expect(should.length).toBeGreaterThan(20)
    expect(right.length / should.length).toBeGreaterThanOrEqual(0.95)
  })

  test('no pair that must stay apart is merged', () => {
    expect(pairs.filter((pair) => !pair.same && isSame(pair)).map((pair) => pair.id)).toEqual([])
  })

  test('a text is its own fingerprint', () => {
    const moved = pairs
      .flatMap((pair) => [pair.a, pair.b])
      .filter((sql) => fingerprint(fingerprint(sql).text).key !== fingerprint(sql).key)
    expect(moved).toEqual([])
  })
})
