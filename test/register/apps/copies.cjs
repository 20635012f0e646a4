// Two copies of pg, as duplicate installs give them: one at the top, another deep in a dependency.
const http = require('node:http')
const pg = require('pg')
const deep = require(process.env.OTHER_PG)

const pools = { '/top': new pg.Pool(settings()), '/deep': new deep.Pool(settings()) }

function settings() {
  return { connectionString: process.env.DATABASE_URL, max: 1 }
}

const server = http.createServer(async (request, response) => {
  const pool = pools[request.url]
  const query = pool[process.env.METHOD] ? process.env.METHOD : 'query'
  const { rows } = await pool[query]('select id, author_id from books order by id')
  for (const row of rows) {
    await pool[query]('select name from authors where id = $1', [row.author_id]) // loop
  }
  response.end(String(pg.Pool === deep.Pool))
})
server.listen(0, '127.0.0.1', async () => {
  for (const path of Object.keys(pools)) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`)
    process.stdout.write(await answer.text())
  }
  server.close()
  for (const pool of Object.values(pools)) await pool.end()
})
