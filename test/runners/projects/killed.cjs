const { listBooks } = require('../src/library.cjs')

const test = globalThis.test ?? globalThis.it ?? require('node:test').test

test('a loop before the end', async () => {
  await listBooks()
})

test('the end', async () => {
  // The trace of the previous test closes within moments.
  await new Promise((resolve) => setTimeout(resolve, 300))
  process.kill(process.pid, 'SIGKILL')
})
