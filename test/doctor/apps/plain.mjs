// An application without pg-loupe.
import { createServer } from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
createServer(async (_request, response) => {
  const { rows } = await pool.query('select title from books')
  response.end(JSON.stringify(rows))
}).listen(Number(process.env.PORT), '127.0.0.1')
