const { listBooks, listBooksFixed, pool } = require('../src/library.cjs')

// pg itself waits for nextTick.
beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'], now: 0 }))
afterEach(() => jest.useRealTimers())

test('a loop fails', async () => {
  await expect(listBooks).toHaveNoNPlusOne()
})
test('its fix passes', async () => {
  await expect(listBooksFixed).toHaveNoNPlusOne()
})

afterAll(() => pool.end())
