import http from 'node:http'
import postgres from 'postgres'

const sql = postgres(process.env.DATABASE_URL, { max: 2, onnotice() {} })
const server = http
  .createServer(async (_req, res) => {
    const books =
      await sql`select g as id, g * 37 + 70000 as author_id from generate_series(1, 5) g where g > ${0}`
    for (const { author_id } of books) await sql`select ${author_id}::int as id, 'x' as name` // loop
    res.end('ok')
  })
  .listen(0, async () => {
    console.log(
      await (await fetch(`http://127.0.0.1:${server.address().port}/books`)).text(),
      typeof postgres.PostgresError,
    )
    server.close()
    await sql.end()
  })
