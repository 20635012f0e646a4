import assert from 'node:assert'
import request from 'supertest'
import { app } from '../src/app.mjs'

describe('books', () => {
  it('are listed with their authors', async () => {
    const { body } = await request(app).get('/books')
    assert.equal(body.length, 12)
  })

  it('are listed with their authors, fixed', () => request(app).get('/books/fixed').expect(200))
})
