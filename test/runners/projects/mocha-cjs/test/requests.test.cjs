const assert = require('node:assert')
const request = require('supertest')
const { app } = require('../src/app.cjs')

describe('books', () => {
  it('are listed with their authors', async () => {
    const { body } = await request(app).get('/books')
    assert.equal(body.length, 12)
  })

  it('are listed with their authors, fixed', () => request(app).get('/books/fixed').expect(200))
})
