import { pool } from '../src/library.mjs'

describe('forms of a test', () => {
  for (const count of [1, 2, 3]) {
    it(`${count} queries`, async () => {
      for (let i = 0; i < count; i++) await pool.query(`select ${count} as count_${i}`)
    })
  }

  it('with a callback', (done) => {
    pool.query('select 1 as called_back', done)
  })

  let tries = 0
  it('is tried again', async function () {
    this.retries(1)
    await pool.query('select 1 as tried')
    if (tries++ === 0) throw new Error('not yet')
  })
})
