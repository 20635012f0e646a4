import { afterEach, beforeEach, expect, test, vi } from 'vitest'

// Also what is loaded first, pg and pg-loupe's part that waits for it, finds the fakes.
beforeEach(
  () => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'], now: 0 }),
)
afterEach(() => void vi.useRealTimers())

test('books', async () => {
  const { ask } = await import('./app.mjs')
  expect(await ask('/books')).toEqual([200])
})

test('two authors', async () => {
  const { ask } = await import('./app.mjs')
  expect(await ask('/authors/5001', '/authors/5002')).toEqual([200, 200])
})
