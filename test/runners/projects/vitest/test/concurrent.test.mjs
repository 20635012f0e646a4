import { describe, test } from 'vitest'
import { pool } from '../src/library.mjs'

describe.concurrent('at once', () => {
  test.each([1, 2, 3, 4, 5])('%i queries', async (count) => {
    for (let i = 0; i < count; i++) await pool.query(`select ${count} as count_${i}`)
  })
})
