// The database of a small application with Drizzle, Express and pg: services with mistakes, and their fixed twins.
const { drizzle } = require('drizzle-orm/node-postgres')
const { integer, pgTable, text } = require('drizzle-orm/pg-core')
const pg = require('pg')
const { profileDrizzle } = require('pg-loupe/drizzle')
const { profilePool } = require('pg-loupe/pg')

const authors = pgTable('authors', { id: integer().primaryKey(), name: text() })
const books = pgTable('books', { id: integer().primaryKey(), title: text(), authorId: integer('author_id') })

const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 3 }))
const db = profileDrizzle(drizzle(pool))

async function listBooks() {
  const { rows } = await pool.query('select id, title, author_id from books limit 50')
  for (const book of rows) {
    const found = await pool.query('select id, name from authors where id = $1', [book.author_id]) // service loop
    book.author = found.rows[0].name
  }
  return rows
}

async function listBooksFixed() {
  const { rows } = await pool.query(
    'select books.id, title, name from books join authors on authors.id = author_id limit 50',
  )
  return rows
}

async function addNote(text) {
  await pool.query('insert into notes (text) values ($1)', [text])
}

async function addNotes(texts) {
  const client = await pool.connect()
  await client.query('begin')
  for (const text of texts) {
    await client.query('insert into notes (text) values ($1)', [text]) // write loop
  }
  await client.query('commit')
  client.release()
}

module.exports = { authors, books, pool, db, listBooks, listBooksFixed, addNote, addNotes }
