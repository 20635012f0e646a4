// An application without pg-loupe, for the recipes of docs/ci.md.
import express from 'express'
import pg from 'pg'

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
export const app = express()

app.get('/books', async (_request, response) => {
  const { rows: books } = await pool.query('select id, title, author_id from books order by id limit 50')
  for (const book of books) {
    const { rows } = await pool.query('select name from authors where id = $1', [book.author_id])
    book.author = rows[0].name
  }
  response.json(books)
})

app.get('/authors', async (_request, response) => {
  const { rows: authors } = await pool.query('select id, name from authors order by id limit 50')
  const ids = authors.map(({ id }) => id)
  const { rows: books } = await pool.query('select title, author_id from books where author_id = any($1)', [
    ids,
  ])
  for (const author of authors) author.books = books.filter((book) => book.author_id === author.id)
  response.json(authors)
})
