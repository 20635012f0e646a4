const assert = require('node:assert')
const { after, describe, test } = require('node:test')
const request = require('supertest')
const { app } = require('../src/app.cjs')
const { pool } = require('../src/library.cjs')

describe('books', () => {
  test('are listed with their authors', async () => {
    const { body } = await request(app).get('/books')
    assert.equal(body.length, 12)
  })

  test('are listed with their authors, fixed', () => request(app).get('/books/fixed').expect(200))
})

after(() => pool.end())
