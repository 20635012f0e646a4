// Tests the matchers as vitest calls them. `test/runners` tests that vitest and jest know them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { matchersOf } from '../../src/testing/matchers.ts'
import { openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
const matchers = matchersOf(profiler)
beforeAll(() => putBooks(20))
afterAll(() => pool.end())

test.each([true, false])(
  'a run that proves nothing fails when requested, also with .not (%s)',
  async (isNot) => {
    const options = { max: 3, matching: 'autors', inconclusive: 'fail' } as const
    const { pass, message } = await matchers.toHaveQueryCount.call({ isNot }, authorsAtOnce, options)
    expect([pass, message()]).toEqual([
      isNot,
      expect.stringContaining("none of 2 queries was one matching 'autors'"),
    ])
  },
)

test('.not inverts a verdict', async () => {
  for (const isNot of [true, false]) {
    expect((await matchers.toHaveQueryCount.call({ isNot }, authorsAtOnce, 2)).pass).toBe(true)
    expect((await matchers.toHaveQueryCount.call({ isNot }, authorsOneByOne, 2)).pass).toBe(false)
  }
})
