import { listBooks } from '../src/library.mjs'

// Whatever the runner: those without globals have none of their own names here.
const { test } =
  globalThis.test || globalThis.it ? { test: globalThis.test ?? globalThis.it } : await runner()

test('a loop before the end', async () => {
  await listBooks()
})

test('the end', async () => {
  // The trace of the test before closes within moments.
  await new Promise((resolve) => setTimeout(resolve, 300))
  process.kill(process.pid, 'SIGKILL')
})

function runner() {
  return process.env.VITEST ? import('vitest') : import('node:test')
}
