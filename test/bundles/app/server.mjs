import express from 'express'
import pg from 'pg'
import { profileRequests } from 'pg-loupe/express'
import { profilePool } from 'pg-loupe/pg'

const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
const app = express()
app.use(profileRequests())
app.get('/numbers', async (_request, response) => {
  const { rows } = await pool.query('select 5000 + i as n from generate_series(1, 9) i')
  for (const row of rows) {
    await pool.query('select $1::int + 1', [row.n]) // loop
  }
  response.json(rows)
})

const server = app.listen(0, '127.0.0.1', async () => {
  const { status } = await fetch(`http://127.0.0.1:${server.address().port}/numbers`)
  console.log(`status ${status}`)
  server.close()
  server.closeAllConnections()
  // The report waits for the catalog and the parser.
  setTimeout(() => pool.end(), 300)
})
