import express from 'express'
import pg from 'pg'
import { profileRequests } from 'pg-loupe/express'
import { profilePool } from 'pg-loupe/pg'
import { expectConstantQueries, expectNoNPlusOne } from 'pg-loupe/testing'

const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
const app = express()
app.use(profileRequests())
app.get('/:count', async (request, response) => {
  const { rows } = await pool.query('select 1000 + i as id from generate_series(1, $1::int) i', [
    request.params.count,
  ])
  for (const { id } of rows) await pool.query('select $1::int', [id]) // loop
  response.end()
})
const server = app.listen(0)
const ask = (count) => fetch(`http://localhost:${server.address().port}/${count}`)

await expectNoNPlusOne(() => ask(5)).catch((error) => console.log(error.stack)) // assertion
await expectConstantQueries({ run: ask }).catch((error) => console.log(error.message))
server.close()
await pool.end()
