import { pool } from '../src/library.mjs'

describe('at once', () => {
  test.concurrent.each([1, 2, 3, 4, 5])('%i queries', async (count) => {
    for (let i = 0; i < count; i++) await pool.query(`select ${count} as count_${i}`)
  })

  test('with a callback', (done) => {
    pool.query('select 1 as called_back', done)
  })
})

afterAll(() => pool.end())
