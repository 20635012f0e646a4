import assert from 'node:assert'
import test, { after, describe } from 'node:test'
import request from 'supertest'
import { app } from '../src/app.mjs'
import { pool } from '../src/library.mjs'

describe('books', () => {
  test('are listed with their authors', async () => {
    const { body } = await request(app).get('/books')
    assert.equal(body.length, 12)
  })

  test('are listed with their authors, fixed', () => request(app).get('/books/fixed').expect(200))
})

after(() => pool.end())
