// The database of a small application with Drizzle, Express and pg: services with mistakes, and their fixed twins.
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { profileDrizzle } from 'pg-loupe/drizzle'
import { profilePool } from 'pg-loupe/pg'

export const authors = pgTable('authors', { id: integer().primaryKey(), name: text() })
export const books = pgTable('books', {
  id: integer().primaryKey(),
  title: text(),
  authorId: integer('author_id'),
})

export const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 3 }))
export const db = profileDrizzle(drizzle(pool))

export async function listBooks() {
  const { rows } = await pool.query('select id, title, author_id from books limit 50')
  for (const book of rows) {
    const found = await pool.query('select id, name from authors where id = $1', [book.author_id]) // service loop
    book.author = found.rows[0].name
  }
  return rows
}

export async function listBooksFixed() {
  const { rows } = await pool.query(
    'select books.id, title, name from books join authors on authors.id = author_id limit 50',
  )
  return rows
}

export async function addNote(text) {
  await pool.query('insert into notes (text) values ($1)', [text])
}

export async function addNotes(texts) {
  const client = await pool.connect()
  await client.query('begin')
  for (const text of texts) {
    await client.query('insert into notes (text) values ($1)', [text]) // write loop
  }
  await client.query('commit')
  client.release()
}
