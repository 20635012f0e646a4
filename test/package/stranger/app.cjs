// The same for an application in CommonJS.
const express = require('express')
const pg = require('pg')
const { profileRequests } = require('pg-loupe/express')
const { profilePool } = require('pg-loupe/pg')

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
  await (await fetch(`http://127.0.0.1:${server.address().port}/numbers`)).text()
  await new Promise((resolve) => setTimeout(resolve, 150))
  server.close()
  await pool.end()
})
