import { expect, test } from 'vitest'
import { compare } from '../../bench/cost/compare.ts'

/** One generation whose rounds take these processor times. */
const generation = (...cpuUs: number[]) => cpuUs.map((us) => ({ cpuUs: us, wallUs: us, latenciesMs: [] }))

test('a build that takes a tenth more in every generation costs more', () => {
  const there = [generation(100, 101, 99), generation(102, 100, 98), generation(100, 100, 103)]
  const here = [generation(110, 111, 109), generation(112.3, 110.1, 107.7), generation(110, 110, 113)]
  const { ratio, low, high, verdict } = compare(here, there)
  expect(verdict).toBe('costs more')
  expect(ratio).toBeCloseTo(1.1, 2)
  expect(low).toBeGreaterThan(1.05)
  expect(high).toBeLessThan(1.15)
  expect(compare(there, here).verdict).toBe('costs less')
})

test('a difference that changes its direction between generations is not shown', () => {
  const there = [generation(100), generation(100), generation(100), generation(100)]
  const here = [generation(120), generation(90), generation(110), generation(95)]
  const { low, high, verdict } = compare(here, there)
  expect(verdict).toBe('no difference shown')
  expect(low).toBeLessThan(1)
  expect(high).toBeGreaterThan(1)
})

test('one slow round does not decide', () => {
  const there = [generation(100, 100, 100), generation(100, 100, 100), generation(100, 100, 101)]
  const here = [generation(100, 100, 900), generation(100, 900, 100), generation(100, 100, 101)]
  expect(compare(here, there).ratio).toBeCloseTo(1, 5)
})

test('a single generation is refused, because it says nothing about the noise', () => {
  expect(() => compare([generation(110)], [generation(100)])).toThrow(/two generations/)
})
