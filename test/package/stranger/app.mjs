// An application that knows pg-loupe only from its README: Express, pg and Drizzle, with the three lines added.
import { eq, inArray } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import express from 'express'
import pg from 'pg'
import { profileDrizzle } from 'pg-loupe/drizzle'
import { profileRequests } from 'pg-loupe/express'
import { profilePool } from 'pg-loupe/pg'

const authors = pgTable('authors', { id: integer().primaryKey(), name: text() })
const books = pgTable('books', { id: integer().primaryKey(), title: text(), authorId: integer('author_id') })

const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
const db = profileDrizzle(drizzle(pool))
await pool.query(`
  create table authors (id int primary key, name text);
  create table books (id int primary key, title text, author_id int references authors);
  insert into authors select 4000 + i, 'author ' || i from generate_series(1, 30) i;
  insert into books select i, 'book ' || i, 4001 + i * 7 % 30 from generate_series(1, 12) i`)

const app = express()
app.use(profileRequests())
app.get('/books', async (_request, response) => {
  const found = await db.select().from(books)
  for (const book of found) {
    book.author = await db.select().from(authors).where(eq(authors.id, book.authorId)) // drizzle loop
  }
  response.json(found)
})
app.get('/books/fixed', async (_request, response) => {
  const found = await db.select().from(books)
  const wanted = found.map((book) => book.authorId)
  const writers = await db.select().from(authors).where(inArray(authors.id, wanted))
  response.json(found.map((book) => ({ ...book, author: writers.filter(({ id }) => id === book.authorId) })))
})
app.get('/raw/:shelf', async (_request, response) => {
  const { rows } = await pool.query('select id, author_id from books')
  const names = await Promise.all(
    rows.map((row) => pool.query('select name from authors where id = $1', [row.author_id])), // raw loop
  )
  response.json(names.map(({ rows: [author] }) => author))
})

const server = app.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`
  for (const path of ['/books', '/books/fixed', '/raw/7', '/nowhere']) {
    await (await fetch(url + path)).text()
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  server.close()
  await pool.end()
})
