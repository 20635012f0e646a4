const request = require('supertest')
const { app } = require('../src/app.cjs')
const { pool } = require('../src/library.cjs')

describe('books', () => {
  test('are listed with their authors', async () => {
    const { body } = await request(app).get('/books')
    expect(body).toHaveLength(12)
  })

  test('are listed with their authors, fixed', () => request(app).get('/books/fixed').expect(200))
})

afterAll(() => pool.end())
