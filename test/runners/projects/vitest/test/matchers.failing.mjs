import { expect, test } from 'vitest'
import { listBooks, listBooksFixed, pool } from '../src/library.mjs'

test('a loop fails', async () => {
  await expect(listBooks).toHaveNoNPlusOne()
})
test('its fix passes', async () => {
  await expect(listBooksFixed).toHaveNoNPlusOne()
  await expect(listBooksFixed).toHaveNoFindings()
  await expect(listBooksFixed).toHaveQueryCount(1)
  await expect(listBooksFixed).not.toHaveQueryCount({ max: 0 })
  await expect((size) => pool.query('select id from books limit $1', [size])).toHaveConstantQueries()
})
test('a count fails', async () => {
  await expect(listBooks).toHaveQueryCount({ max: 2 })
})
test('growth fails', async () => {
  await expect(async (size) => {
    for (let i = 0; i < size; i++) await pool.query('select 1 as one')
  }).toHaveConstantQueries({ scales: [2, 4] })
})
test('a negated loop passes', async () => {
  await expect(listBooks).not.toHaveNoNPlusOne()
})
test('silence fails', async () => {
  await expect(() => {}).toHaveNoNPlusOne()
})
test('negated silence fails as well', async () => {
  await expect(() => {}).not.toHaveNoNPlusOne()
})
