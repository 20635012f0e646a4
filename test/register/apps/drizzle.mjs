// An application that knows nothing of pg-loupe, with Drizzle: as an ES module, or as CommonJS when asked for.
import http from 'node:http'
import { createRequire } from 'node:module'

const name = process.env.DRIZZLE
const load = process.env.REQUIRE ? createRequire(import.meta.url) : (path) => import(path)
const { eq } = await load(name)
const { drizzle } = await load(`${name}/node-postgres`)
const { integer, pgTable, text } = await load(`${name}/pg-core`)
const { default: pg } = await import('pg')

const authors = pgTable('authors', { id: integer().primaryKey(), name: text() })
const books = pgTable('books', { id: integer().primaryKey(), authorId: integer('author_id') })
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
const db = drizzle({ client: pool })

const server = http.createServer(async (_request, response) => {
  const all = await db.select().from(books)
  for (const book of all) {
    await db.select().from(authors).where(eq(authors.id, book.authorId)) // loop
  }
  response.end('ok')
})
server.listen(0, '127.0.0.1', async () => {
  await fetch(`http://127.0.0.1:${server.address().port}/books`)
  server.close()
  await pool.end()
})
