// An Express application without pg-loupe, with a loop and its fix.
import express from 'express'
import pg from 'pg'

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
export const app = express()

app.get('/books', async (_request, response) => {
  const { rows } = await pool.query('select id, author_id from books order by id')
  for (const row of rows) {
    await pool.query('select name from authors where id = $1', [row.author_id]) // loop
  }
  response.json(rows)
})

app.get('/books/at-once', async (_request, response) => {
  const { rows } = await pool.query('select id, author_id from books order by id')
  const ids = rows.map((row) => row.author_id)
  await pool.query('select name from authors where id = any($1)', [ids])
  response.json(rows)
})

app.get('/authors/:id', async (request, response) => {
  const { rows } = await pool.query('select name from authors where id = $1', [request.params.id])
  response.json(rows)
})

/** Asks the application, on a port of its own. */
export async function ask(...paths) {
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const statuses = []
  for (const path of paths) {
    statuses.push((await fetch(`http://127.0.0.1:${server.address().port}${path}`)).status)
  }
  server.closeAllConnections()
  server.close()
  return statuses
}
