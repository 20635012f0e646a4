// An application without pg-loupe, as ES modules: node:http and pg, a loop and its fix.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })

async function listBooks() {
  const { rows } = await pool.query('select id, author_id from books order by id')
  for (const row of rows) {
    await pool.query('select name from authors where id = $1', [row.author_id]) // loop
  }
}

async function listBooksAtOnce() {
  const { rows } = await pool.query('select id, author_id from books order by id')
  await pool.query('select name from authors where id = any($1)', [rows.map((row) => row.author_id)])
}

async function listByClient() {
  const client = new pg.Client(process.env.DATABASE_URL)
  await client.connect()
  const { rows } = await client.query('select id, author_id from books order by id')
  for (const row of rows) {
    await client.query('select name from authors where id = $1', [row.author_id]) // client loop
  }
  await client.end()
}

const routes = { '/books': listBooks, '/books/at-once': listBooksAtOnce, '/clients/7': listByClient }

const server = http.createServer(async (request, response) => {
  await routes[request.url]?.()
  response.end('ok')
})
server.listen(0, '127.0.0.1', async () => {
  for (const path of Object.keys(routes)) {
    await fetch(`http://127.0.0.1:${server.address().port}${path}`)
  }
  const { TRACES } = process.env
  // An application lives on; what waits for the catalog is recorded once it is there.
  while (TRACES && !readFileSync(TRACES, 'utf8').includes('GET /books/at-once')) await setTimeout(20)
  server.close()
  await pool.end()
})
