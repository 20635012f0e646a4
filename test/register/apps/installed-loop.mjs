// An application whose loop is in a package: an installed one, or a copy beside it, as LOAD says.
import http from 'node:http'
import pg from 'pg'

const { load } = await import(process.env.LOAD)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const server = http.createServer(async (_request, response) => {
  await load(pool, ['a', 'b', 'c', 'd']) // call
  response.end('ok')
})
server.listen(0, '127.0.0.1', async () => {
  await fetch(`http://127.0.0.1:${server.address().port}/`)
  server.close()
  await pool.end()
})
