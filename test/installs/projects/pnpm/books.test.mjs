import { expectNoNPlusOne } from 'pg-loupe/testing'
import { afterAll, expect, test } from 'vitest'
import { listBooks, listBooksAtOnce, pool } from './library.mjs'

afterAll(() => pool.end())

test('the loop', async () => {
  await listBooks()
})

test('the loop is refused', () => expect(expectNoNPlusOne(listBooks)).rejects.toThrow('but found 1 N+1'))

test('one statement is no loop', async () => {
  expect(await expectNoNPlusOne(listBooksAtOnce)).toHaveLength(12)
  await expect(listBooksAtOnce).toHaveQueryCount(1)
})
