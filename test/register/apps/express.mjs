// The same with the middleware added by hand as well, which must not trace a request twice.
import express from 'express'
import pg from 'pg'
import { profileRequests } from 'pg-loupe/express'
import { profilePool } from 'pg-loupe/pg'

const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 }))
const app = express()
app.use(profileRequests())
app.get('/books/:id', async (_request, response) => {
  const { rows } = await pool.query('select id, author_id from books order by id')
  await Promise.all(
    rows.map((row) => pool.query('select name from authors where id = $1', [row.author_id])), // loop
  )
  response.json(rows)
})

const server = app.listen(0, '127.0.0.1', async () => {
  await fetch(`http://127.0.0.1:${server.address().port}/books/1`)
  server.close()
  await pool.end()
})
