// An application that profiles itself, with a profiler of its own.
import express from 'express'
import pg from 'pg'
import { createProfiler } from 'pg-loupe'
import { profileRequests } from 'pg-loupe/express'
import { profilePool } from 'pg-loupe/pg'

const profiler = createProfiler()
const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 }), profiler)
const app = express()
app.use(profileRequests(profiler))
app.get('/books', async (_request, response) => {
  const { rows } = await pool.query('select id, author_id from books order by id')
  for (const row of rows) await pool.query('select name from authors where id = $1', [row.author_id])
  response.json(rows)
})
const server = app.listen(0, '127.0.0.1', async () => {
  await fetch(`http://127.0.0.1:${server.address().port}/books`)
  server.closeAllConnections()
  server.close()
  await profiler.settled()
  await pool.end()
})
