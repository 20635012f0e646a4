const { after, test } = require('node:test')
const { pool } = require('../src/library.cjs')

after(() => pool.end())

test('at once', { concurrency: true }, async (t) => {
  await pool.query('select 1 as around')
  await Promise.all(
    [1, 2, 3, 4, 5].map((count) =>
      t.test(`${count} queries`, async () => {
        for (let i = 0; i < count; i++) await pool.query(`select ${count} as count_${i}`)
      }),
    ),
  )
})

test('with a callback', (_t, done) => {
  pool.query('select 1 as called_back', done)
})
