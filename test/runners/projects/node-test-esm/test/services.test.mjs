import assert from 'node:assert'
import test, { after, afterEach, beforeEach, describe } from 'node:test'
import { addNote, addNotes, listBooks, listBooksFixed, pool } from '../src/library.mjs'
import { makeNotes } from './factories/notes.mjs'

describe('services', () => {
  // Queries that set up a test are not reported.
  beforeEach(async () => {
    for (let i = 0; i < 12; i++) await pool.query('insert into notes (text) values ($1)', [`note ${i}`])
  })
  afterEach(() => pool.query('delete from notes'))

  test('a loop of the application', async () => {
    assert.equal((await listBooks()).length, 12)
  })

  test('its fix', async () => {
    assert.equal((await listBooksFixed()).length, 12)
  })

  test('a loop of the application that writes', () =>
    addNotes(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']))

  test('loops of the test itself', async () => {
    await makeNotes(12)
    for (let i = 0; i < 12; i++) await addNote(`own ${i}`)
    const { rows } = await pool.query('select id from books limit 12')
    for (const { id } of rows) await pool.query('select title from books where id = $1', [id])
  })
})

after(() => pool.end())
