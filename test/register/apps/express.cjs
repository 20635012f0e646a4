// An application without pg-loupe, as CommonJS: Express and pg, loaded before it.
const pg = require('pg')
const express = require(process.env.EXPRESS)

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
const app = express()
const shelves = express.Router()

shelves.get('/:shelf', async (_request, response) => {
  const client = await pool.connect()
  try {
    const { rows } = await client.query('select id, author_id from books order by id')
    for (const row of rows) {
      await client.query('select name from authors where id = $1', [row.author_id]) // loop
    }
    response.json(rows)
  } finally {
    client.release()
  }
})
app.use('/shelves', shelves)

const server = app.listen(0, '127.0.0.1', async () => {
  const home = `http://127.0.0.1:${server.address().port}`
  await fetch(`${home}/shelves/12`)
  await fetch(`${home}/shelves/new-ones`)
  await fetch(`${home}/nowhere`)
  server.close()
  await pool.end()
})
