import { listBooks } from '../src/library.mjs'

// Works in every runner: in runners without globals, their own names do not exist here.
const { test } =
  globalThis.test || globalThis.it ? { test: globalThis.test ?? globalThis.it } : await runner()

test('a loop before the end', async () => {
  await listBooks()
})

test('the end', async () => {
  // The trace of the previous test closes within moments.
  await new Promise((resolve) => setTimeout(resolve, 300))
  process.kill(process.pid, 'SIGKILL')
})

function runner() {
  return process.env.VITEST ? import('vitest') : import('node:test')
}
