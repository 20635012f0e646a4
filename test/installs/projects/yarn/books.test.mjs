import assert from 'node:assert/strict'
import { expectNoNPlusOne } from 'pg-loupe/testing'
import { listBooks, listBooksAtOnce, pool } from './library.mjs'

after(() => pool.end())

it('the loop', async () => {
  await listBooks()
})

it('the loop is refused', () => assert.rejects(expectNoNPlusOne(listBooks), /but found 1 N\+1/))

it('one statement is no loop', async () => {
  assert.equal((await expectNoNPlusOne(listBooksAtOnce)).length, 12)
})
