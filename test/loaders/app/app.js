import http from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })

async function authors() {
  const { rows } = await pool.query('select author_id from books order by id')
  const found = []
  for (const row of rows) {
    found.push((await pool.query('select id from authors where id = $1', [row.author_id])).rows[0]) // loop
  }
  return found
}

const server = http.createServer((_request, response) => {
  void authors().then((found) => response.end(JSON.stringify(found)))
})
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const answer = await fetch(`http://127.0.0.1:${port}/authors`)
  console.log(await answer.text(), process.argv.slice(2))
  console.error('its own words on standard error')
  server.closeAllConnections()
  server.close()
  await pool.end()
  process.exitCode = 7
})
