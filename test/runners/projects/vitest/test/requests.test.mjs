import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { app } from '../src/app.mjs'

let server
beforeAll(async () => {
  await new Promise((resolve) => {
    server = app.listen(0, '127.0.0.1', resolve)
  })
})
afterAll(() => server.close())

const get = async (path) => (await fetch(`http://127.0.0.1:${server.address().port}${path}`)).json()

describe('books', () => {
  test('are listed with their authors', async () => {
    expect(await get('/books')).toHaveLength(12)
  })

  test('are listed with their authors, fixed', async () => {
    expect(await get('/books/fixed')).toHaveLength(12)
  })
})
